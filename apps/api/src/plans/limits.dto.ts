import { ApiProperty } from '@nestjs/swagger';
import { IsInt, IsOptional, Max, Min } from 'class-validator';

/** The largest number that JSON carries exactly. */
const most = Number.MAX_SAFE_INTEGER;
const mostOfInteger = 2_147_483_647;

const meaning = (description: string, minimum: number, maximum?: number) => ({
  type: Number,
  nullable: true,
  minimum,
  ...(maximum !== undefined && { maximum }),
  description,
});

const meanings = {
  maxHeldMessages: meaning('held messages, counted by recipient; above it 452 4.3.1', 0),
  maxHeldBytes: meaning('bytes of held messages; above it 452 4.3.1', 0),
  maxMessageBytes: meaning('bytes of one message; above it 552 5.3.4', 0),
  maxRecipientsPerMessage: meaning('recipients of one message; above it 452 4.5.3', 1, 100_000),
  maxMessagesPerHour: meaning('messages an hour for each domain by itself; above it 452 4.3.1', 0),
  retentionDays: meaning('how long a message may wait before it is given up', 1, 90),
};

/** What can be limited, for a plan or a tenant: a number, or null for what the level above says. What is left out stays as it is. */
export class LimitChanges {
  @ApiProperty({ required: false, ...meanings.maxHeldMessages })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(most)
  maxHeldMessages?: number | null;

  @ApiProperty({ required: false, ...meanings.maxHeldBytes })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(most)
  maxHeldBytes?: number | null;

  @ApiProperty({ required: false, ...meanings.maxMessageBytes })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(most)
  maxMessageBytes?: number | null;

  @ApiProperty({ required: false, ...meanings.maxRecipientsPerMessage })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100_000)
  maxRecipientsPerMessage?: number | null;

  @ApiProperty({ required: false, ...meanings.maxMessagesPerHour })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(mostOfInteger)
  maxMessagesPerHour?: number | null;

  @ApiProperty({ required: false, ...meanings.retentionDays })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(90)
  retentionDays?: number | null;
}

/** Limits as they are; null: the level above says. */
export class Limits {
  @ApiProperty(meanings.maxHeldMessages)
  maxHeldMessages!: number | null;
  @ApiProperty(meanings.maxHeldBytes)
  maxHeldBytes!: number | null;
  @ApiProperty(meanings.maxMessageBytes)
  maxMessageBytes!: number | null;
  @ApiProperty(meanings.maxRecipientsPerMessage)
  maxRecipientsPerMessage!: number | null;
  @ApiProperty(meanings.maxMessagesPerHour)
  maxMessagesPerHour!: number | null;
  @ApiProperty(meanings.retentionDays)
  retentionDays!: number | null;
}
