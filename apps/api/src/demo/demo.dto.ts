import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';

export class DemoVisitor {
  @ApiProperty()
  email!: string;
  @ApiProperty({ description: 'name of the tenant' })
  tenant!: string;
}

export class Demo {
  @ApiProperty({ type: [DemoVisitor], description: 'as whom a visitor may sign in with one click' })
  signIn!: DemoVisitor[];
}

export class PrimarySwitch {
  @ApiProperty()
  @IsBoolean()
  up!: boolean;
}

export class DemoPrimary {
  @ApiProperty()
  up!: boolean;
  @ApiProperty({ description: 'how many messages it took' })
  received!: number;
}
