import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { roles, type Role } from './actor';

export class MyUser {
  @ApiProperty()
  id!: string;
  @ApiProperty({ description: "empty for the operator's key" })
  email!: string;
  @ApiProperty()
  name!: string;
}

export class MyTenant {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty()
  name!: string;
  @ApiProperty({ enum: roles, enumName: 'Role' })
  role!: Role;
}

export class Me {
  @ApiProperty({ type: MyUser })
  user!: MyUser;
  @ApiProperty()
  isOperator!: boolean;
  @ApiProperty({ type: [MyTenant], description: 'empty for an operator, who belongs to none and sees all' })
  tenants!: MyTenant[];
}

export class FirstPassword {
  @ApiProperty({ minLength: 12, maxLength: 256 })
  @IsString()
  @Length(12, 256)
  password!: string;
}
