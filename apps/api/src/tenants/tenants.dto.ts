import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { roles, type Role } from '../access/actor';

/** The largest number that JSON carries exactly. */
const most = Number.MAX_SAFE_INTEGER;

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
}

/** Limits are numbers, or null for the provider's default; what is left out stays as it is. */
export class TenantChanges {
  @ApiProperty({ required: false, type: Number, nullable: true, minimum: 0 })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(most)
  maxHeldMessages?: number | null;

  @ApiProperty({ required: false, type: Number, nullable: true, minimum: 0 })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(most)
  maxHeldBytes?: number | null;

  @ApiProperty({ required: false, type: Number, nullable: true, minimum: 0 })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(most)
  maxMessageBytes?: number | null;

  @ApiProperty({ required: false, type: Number, nullable: true, minimum: 1 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100_000)
  maxRecipientsPerMessage?: number | null;

  @ApiProperty({
    required: false,
    type: Number,
    nullable: true,
    minimum: 0,
    description: 'for each of its domains by itself',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(2_147_483_647)
  maxMessagesPerHour?: number | null;

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

export class Tenant {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty()
  name!: string;
  @ApiProperty()
  suspended!: boolean;
  @ApiProperty({ type: Number, nullable: true })
  maxHeldMessages!: number | null;
  @ApiProperty({ type: Number, nullable: true })
  maxHeldBytes!: number | null;
  @ApiProperty({ type: Number, nullable: true })
  maxMessageBytes!: number | null;
  @ApiProperty({ type: Number, nullable: true })
  maxRecipientsPerMessage!: number | null;
  @ApiProperty({ type: Number, nullable: true })
  maxMessagesPerHour!: number | null;
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
