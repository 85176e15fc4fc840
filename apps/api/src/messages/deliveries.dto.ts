import { ApiProperty } from '@nestjs/swagger';
import { deliveryStates, leverNames, type DeliveryState, type LeverName } from '@holdfast/queue';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsISO8601,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
} from 'class-validator';
import { PageQuery } from '../http/page';

/** What one click or one command may name one by one; whole domains go by their name. */
const mostDeliveries = 10_000;

export class DeliveriesQuery extends PageQuery {
  @ApiProperty({ required: false, description: 'name or id of a domain' })
  @IsOptional()
  @IsString()
  @MaxLength(253)
  domain?: string;

  @ApiProperty({ required: false, enum: deliveryStates, enumName: 'DeliveryState' })
  @IsOptional()
  @IsIn(deliveryStates)
  state?: DeliveryState;

  @ApiProperty({ required: false, format: 'uuid', description: 'all recipients of one message' })
  @IsOptional()
  @IsUUID('all')
  message?: string;
}

export class StatsQuery {
  @ApiProperty({ required: false, description: 'name or id of a domain' })
  @IsOptional()
  @IsString()
  @MaxLength(253)
  domain?: string;

  @ApiProperty({ required: false, description: 'name or id of one tenant' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  tenant?: string;
}

/** A lever and what it moves: some deliveries, those of one message, or all of a domain. Exactly one of the three. */
export class DeliveryAction {
  @ApiProperty({ enum: leverNames, enumName: 'LeverAction' })
  @IsIn(leverNames)
  action!: LeverName;

  @ApiProperty({ required: false, type: [String], format: 'uuid' })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(mostDeliveries)
  @IsUUID('all', { each: true })
  deliveries?: string[];

  @ApiProperty({ required: false, format: 'uuid', description: 'all recipients of one message' })
  @IsOptional()
  @IsUUID('all')
  message?: string;

  @ApiProperty({ required: false, description: 'name or id of a domain' })
  @IsOptional()
  @IsString()
  @MaxLength(253)
  domain?: string;
}

/** What is sent again: some deliveries, or what a domain's primary took within a time. Exactly one of the two. */
export class Replay {
  @ApiProperty({ required: false, type: [String], format: 'uuid' })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(mostDeliveries)
  @IsUUID('all', { each: true })
  deliveries?: string[];

  @ApiProperty({ required: false, description: 'name or id of a domain' })
  @IsOptional()
  @IsString()
  @MaxLength(253)
  domain?: string;

  @ApiProperty({
    required: false,
    format: 'date-time',
    description: 'with `domain`: delivered at this moment or later',
  })
  @IsOptional()
  @IsISO8601({ strict: true })
  since?: string;

  @ApiProperty({
    required: false,
    format: 'date-time',
    description: 'with `domain`: delivered before this moment',
  })
  @IsOptional()
  @IsISO8601({ strict: true })
  until?: string;
}

export class Changed {
  @ApiProperty({ description: 'how many deliveries moved; others may have been settled meanwhile' })
  changed!: number;
  @ApiProperty({
    required: false,
    format: 'uuid',
    description: 'the domain holds too many for one answer: they are moved by this job (`/api/v1/jobs`)',
  })
  jobId?: string;
}

/** The promise to one recipient. */
export class Delivery {
  @ApiProperty({ format: 'uuid' })
  deliveryId!: string;
  @ApiProperty({ format: 'uuid' })
  messageId!: string;
  @ApiProperty({ type: String, description: 'empty when the domain was removed since' })
  domain!: string;
  @ApiProperty({ description: 'empty: the null sender' })
  sender!: string;
  @ApiProperty()
  recipient!: string;
  @ApiProperty({ enum: deliveryStates, enumName: 'DeliveryState' })
  state!: DeliveryState;
  @ApiProperty({ description: "held by a person's word: no schedule and no recovery takes it out" })
  isParked!: boolean;
  @ApiProperty()
  attempts!: number;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  nextAttemptAt!: Date | null;
  @ApiProperty({ type: String, nullable: true })
  lastReply!: string | null;
  @ApiProperty({ type: String, format: 'date-time' })
  receivedAt!: Date;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  settledAt!: Date | null;
  @ApiProperty()
  bytes!: number;
}

export class DeliveryPage {
  @ApiProperty({ type: [Delivery] })
  items!: Delivery[];
  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}

/** What is known of the message itself. Its subject and body are nobody's fields. */
export class MessageFacts {
  @ApiProperty({ type: String, nullable: true })
  clientAddress!: string | null;
  @ApiProperty({ type: String, nullable: true })
  clientName!: string | null;
  @ApiProperty({ type: String, nullable: true })
  helo!: string | null;
  @ApiProperty({ type: String, nullable: true })
  tls!: string | null;
  @ApiProperty({ enum: ['clean', 'unscanned', 'not-scanned', 'spam', 'infected'], enumName: 'Scan' })
  scan!: 'clean' | 'unscanned' | 'not-scanned' | 'spam' | 'infected';
  @ApiProperty({ type: Number, nullable: true })
  score!: number | null;
  @ApiProperty({ description: 'the machine that took it and keeps its body' })
  node!: string;
}

export const trailEvents = [
  'received',
  'deferred',
  'held',
  'quarantined',
  'sending',
  'delivered',
  'refused',
  'expired',
  'discarded',
  'reported',
  'withheld',
] as const;

export class TrailEntry {
  @ApiProperty({ type: String, format: 'date-time' })
  at!: Date;
  @ApiProperty({ enum: trailEvents, enumName: 'TrailEvent' })
  event!: (typeof trailEvents)[number];
  @ApiProperty({ description: 'one sentence for a person' })
  text!: string;
  @ApiProperty({
    type: String,
    required: false,
    nullable: true,
    description: 'what the primary said, word for word',
  })
  reply?: string | null;
  @ApiProperty({ type: String, required: false, nullable: true, description: 'host:port that said it' })
  primary?: string | null;
}

export class DeliveryDetail extends Delivery {
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'the delivery that this one repeats, because the primary lost what it had taken',
  })
  replayOf!: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'when it is given up; null when it is settled',
  })
  expiresAt!: Date | null;
  @ApiProperty({ type: MessageFacts })
  message!: MessageFacts;
  @ApiProperty({ type: [TrailEntry], description: 'oldest first' })
  trail!: TrailEntry[];
}

export class DeliveryStats {
  @ApiProperty()
  held!: number;
  @ApiProperty()
  sending!: number;
  @ApiProperty()
  delivered!: number;
  @ApiProperty()
  refused!: number;
  @ApiProperty()
  expired!: number;
  @ApiProperty()
  discarded!: number;
  @ApiProperty()
  quarantined!: number;
}
