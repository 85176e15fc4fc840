import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsString, Length } from 'class-validator';
import { LimitChanges, Limits } from './limits.dto';

export class PlanChanges extends LimitChanges {}

export class NewPlan extends LimitChanges {
  @ApiProperty({ example: 'Small', minLength: 1, maxLength: 100 })
  @Transform(({ value }) => (typeof value === 'string' ? value.trim() : value))
  @IsString()
  @Length(1, 100)
  name!: string;
}

/** Limits with a name; null: the provider's default. */
export class Plan extends Limits {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty()
  name!: string;
  @ApiProperty({ description: 'how many tenants have it' })
  tenants!: number;
  @ApiProperty({ type: String, format: 'date-time' })
  createdAt!: Date;
}

export class PlanPage {
  @ApiProperty({ type: [Plan] })
  items!: Plan[];
  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}
