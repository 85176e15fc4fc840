import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsEmail, IsIn, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { roles, type Role } from '../access/actor';
import { LimitChanges, Limits } from '../plans/limits.dto';

export class NewTenant {
  @ApiProperty({ example: 'Tidewater Press', minLength: 1, maxLength: 200 })
  @Transform(({ value }) => (typeof value === 'string' ? value.trim() : value))
  @IsString()
  @Length(1, 200)
  name!: string;

  @ApiProperty({
    required: false,
    description: 'hears about held mail; verified by the word of the operator who adds it',
  })
  @IsOptional()
  @IsEmail()
  @MaxLength(320)
  contact?: string;

  @ApiProperty({ required: false, description: 'name or id of a plan' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  plan?: string;
}

/** Limits are numbers, or null for the plan's, else the provider's; what is left out stays as it is. */
export class TenantChanges extends LimitChanges {
  @ApiProperty({
    required: false,
    type: String,
    nullable: true,
    description: 'name or id of a plan; null: none',
  })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  plan?: string | null;

  @ApiProperty({
    required: false,
    description: 'new mail is 450 while a tenant is suspended; what is held is still delivered',
  })
  @IsOptional()
  @IsBoolean()
  suspended?: boolean;
}

export class Contact {
  @ApiProperty()
  email!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  verifiedAt!: string | null;
}

/** What a tenant has with us: held, being sent and put aside. */
export class Held {
  @ApiProperty({ description: 'counted by recipient' })
  messages!: number;
  @ApiProperty()
  bytes!: number;
}

/** Its own limits; null: the plan's, else the provider's. */
export class Tenant extends Limits {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty()
  name!: string;
  @ApiProperty()
  suspended!: boolean;
  @ApiProperty({ type: String, nullable: true, description: 'name of its plan' })
  plan!: string | null;
  @ApiProperty({
    type: Limits,
    description: 'what applies: its own, else its plan’s, else the provider’s default; null: no limit',
  })
  limits!: Limits;
  @ApiProperty({ type: Held, description: 'what counts against the limits now' })
  held!: Held;
  @ApiProperty({ type: String, format: 'date-time' })
  createdAt!: Date;
  @ApiProperty({ type: [Contact] })
  contacts!: Contact[];
}

export class TenantPage {
  @ApiProperty({ type: [Tenant] })
  items!: Tenant[];
  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}

export class NewMember {
  @ApiProperty({ example: 'owner@example.org' })
  @IsEmail()
  @MaxLength(320)
  email!: string;

  @ApiProperty({ enum: roles, enumName: 'Role' })
  @IsIn(roles)
  role!: Role;
}

export class AddedMember {
  @ApiProperty({ description: 'id of the person' })
  id!: string;
  @ApiProperty({ description: 'a link that signs this person in, once, within seven days' })
  signInUrl!: string;
}
