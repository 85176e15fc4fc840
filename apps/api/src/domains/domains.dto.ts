import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { NewPrimary, Primary } from './primaries.dto';

export const recipientPolicies = ['any', 'list', 'call-ahead'] as const;
export const domainStates = ['pending', 'active', 'suspended'] as const;

/** A list of this many is the mail of a large town; more is a mistake, and would hold the request's memory. */
const mostAddresses = 200_000;
const mostPrimaries = 10;

export class NewDomain {
  @ApiProperty({ example: 'example.org' })
  @IsString()
  @MaxLength(253)
  domain!: string;

  @ApiProperty({
    required: false,
    description: 'name or id; operators, and people of several tenants, must say',
  })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  tenant?: string;

  @ApiProperty({
    type: NewPrimary,
    required: false,
    description: 'where its mail belongs: this one, or `primaries`',
  })
  @IsOptional()
  @ValidateNested()
  @Type(() => NewPrimary)
  primary?: NewPrimary;

  @ApiProperty({ type: [NewPrimary], required: false })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(mostPrimaries)
  @ValidateNested({ each: true })
  @Type(() => NewPrimary)
  primaries?: NewPrimary[];

  @ApiProperty({
    required: false,
    description: 'an operator vouches for the domain: active at once, no TXT record needed',
  })
  @IsOptional()
  @IsBoolean()
  verified?: boolean;

  @ApiProperty({ required: false, enum: recipientPolicies, enumName: 'RecipientPolicy', default: 'any' })
  @IsOptional()
  @IsIn(recipientPolicies)
  recipients?: (typeof recipientPolicies)[number];

  @ApiProperty({
    required: false,
    type: [String],
    description: 'for the policy `list`: addresses within the domain, or their local parts',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(mostAddresses)
  @IsString({ each: true })
  addresses?: string[];
}

export const whenPrimaryUp = ['accept', 'defer'] as const;
const most = Number.MAX_SAFE_INTEGER;

/** What is left out stays as it is. */
export class DomainChanges {
  @ApiProperty({ type: [NewPrimary], required: false, description: 'in place of those that it has' })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(mostPrimaries)
  @ValidateNested({ each: true })
  @Type(() => NewPrimary)
  primaries?: NewPrimary[];

  @ApiProperty({ required: false, description: 'whether what goes to the primary bears our ARC seal' })
  @IsOptional()
  @IsBoolean()
  sealed?: boolean;

  @ApiProperty({ required: false, enum: recipientPolicies, enumName: 'RecipientPolicy' })
  @IsOptional()
  @IsIn(recipientPolicies)
  recipients?: (typeof recipientPolicies)[number];

  @ApiProperty({ required: false, description: 'with the policy `list`: `user+anything` is `user`' })
  @IsOptional()
  @IsBoolean()
  plusAddressing?: boolean;

  @ApiProperty({
    required: false,
    enum: whenPrimaryUp,
    enumName: 'WhenPrimaryUp',
    description: '`defer`: while the primary answers, senders are asked (451) to use it',
  })
  @IsOptional()
  @IsIn(whenPrimaryUp)
  whenPrimaryUp?: (typeof whenPrimaryUp)[number];

  @ApiProperty({
    required: false,
    type: Number,
    minimum: 1,
    maximum: 240,
    description: 'with `defer`: the same network that tries again after so many minutes gets in',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(240)
  deferMinutes?: number;

  @ApiProperty({ required: false, type: Number, nullable: true, minimum: 0 })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(most)
  maxMessageBytes?: number | null;

  @ApiProperty({ required: false, type: Number, nullable: true, minimum: 0 })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(2_147_483_647)
  maxMessagesPerHour?: number | null;

  @ApiProperty({
    required: false,
    type: Number,
    nullable: true,
    minimum: 1,
    maximum: 200,
    description: 'connections to its primary at most, when we deliver; null: as the relay sees fit',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(200)
  maxConnections?: number | null;

  @ApiProperty({
    required: false,
    type: Number,
    nullable: true,
    minimum: 1,
    maximum: 100_000,
    description: 'messages a minute at most, when we deliver; null: as fast as the primary takes them',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100_000)
  maxMessagesPerMinute?: number | null;

  @ApiProperty({
    required: false,
    type: Number,
    nullable: true,
    minimum: 1,
    maximum: 90,
    description:
      'for mail that comes from now on; at most what the tenant may have, which is also what null means',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(90)
  retentionDays?: number | null;

  @ApiProperty({
    required: false,
    type: Number,
    minimum: 0,
    maximum: 72,
    description:
      'so long what was delivered is kept, to be sent again when the primary loses it; 0: not at all',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(72)
  keepDeliveredHours?: number;
}

export class RemoveQuery {
  @ApiProperty({
    required: false,
    enum: ['discard'],
    description: 'what happens to mail that is held; without it, a domain with held mail stays',
  })
  @IsOptional()
  @IsIn(['discard'])
  held?: 'discard';

  @ApiProperty({ required: false, description: 'name or id of one tenant' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  tenant?: string;
}

/** The counters that are kept for a domain; deliveries, not messages. */
export class DomainCounts {
  @ApiProperty()
  held!: number;
  @ApiProperty()
  heldBytes!: number;
  @ApiProperty()
  sending!: number;
  @ApiProperty()
  quarantined!: number;
  @ApiProperty()
  delivered!: number;
  @ApiProperty()
  refused!: number;
  @ApiProperty()
  expired!: number;
  @ApiProperty()
  discarded!: number;
}

/** The outage of a domain that is open now. */
export class OpenOutage {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty({ type: String, format: 'date-time' })
  beganAt!: Date;
  @ApiProperty({ type: String, format: 'date-time' })
  noticedAt!: Date;
  @ApiProperty()
  cause!: string;
  @ApiProperty()
  messagesHeld!: number;
}

export class Domain {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty({ example: 'example.org' })
  domain!: string;
  @ApiProperty({ description: 'name of the tenant' })
  tenant!: string;
  @ApiProperty({ enum: domainStates, enumName: 'DomainState' })
  state!: (typeof domainStates)[number];
  @ApiProperty({ enum: recipientPolicies, enumName: 'RecipientPolicy' })
  recipientPolicy!: (typeof recipientPolicies)[number];
  @ApiProperty({ description: 'how many recipients are listed; they count with the policy `list`' })
  recipientsListed!: number;
  @ApiProperty()
  plusAddressing!: boolean;
  @ApiProperty({ enum: whenPrimaryUp, enumName: 'WhenPrimaryUp' })
  whenPrimaryUp!: (typeof whenPrimaryUp)[number];
  @ApiProperty()
  deferMinutes!: number;
  @ApiProperty({
    type: Boolean,
    nullable: true,
    description:
      'with `call-ahead`: whether the primary takes any address, so that it cannot tell us whom it knows; null: not asked yet',
  })
  primaryAcceptsAll!: boolean | null;
  @ApiProperty({ type: Number, nullable: true, description: 'null: the tenant’s limit applies' })
  maxMessageBytes!: number | null;
  @ApiProperty({ type: Number, nullable: true, description: 'null: the tenant’s limit applies' })
  maxMessagesPerHour!: number | null;
  @ApiProperty({ type: Number, nullable: true, description: 'when we deliver to its primary' })
  maxConnections!: number | null;
  @ApiProperty({ type: Number, nullable: true, description: 'when we deliver to its primary' })
  maxMessagesPerMinute!: number | null;
  @ApiProperty({ description: 'how long a message may wait before it is given up' })
  retentionDays!: number;
  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'the domain’s own word on it; null: the tenant’s',
  })
  chosenRetentionDays!: number | null;
  @ApiProperty({ description: 'so many hours what was delivered is kept, to be sent again; 0: not at all' })
  keepDeliveredHours!: number;
  @ApiProperty({ type: [Primary], description: 'most preferred first' })
  primaries!: Primary[];
  @ApiProperty({ description: 'what goes to the primary bears our ARC seal, once its key is published' })
  sealed!: boolean;
  @ApiProperty({ type: DomainCounts })
  counts!: DomainCounts;
  @ApiProperty({ type: OpenOutage, nullable: true })
  outage!: OpenOutage | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'when the oldest that waits is given up',
  })
  oldestExpiresAt!: Date | null;
}

export class DomainPage {
  @ApiProperty({ type: [Domain] })
  items!: Domain[];
  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}
