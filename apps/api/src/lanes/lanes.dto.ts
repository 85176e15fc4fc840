import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

/** One destination as one node works it. */
export class LaneOnNode {
  @ApiProperty()
  node!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'the relay process that works it; null: none does now',
  })
  owner!: string | null;
  @ApiProperty()
  connections!: number;
  @ApiProperty({ description: 'connections that its pace allows now' })
  allowed!: number;
  @ApiProperty({ type: String, nullable: true })
  closedBecause!: string | null;
}

export class Lane {
  @ApiProperty({ example: 'mail.example.org:25/opportunistic' })
  name!: string;
  @ApiProperty({ type: String, nullable: true, description: 'an operator paused it; null: it runs' })
  pausedBecause!: string | null;
  @ApiProperty({ type: Number, nullable: true })
  maxConnections!: number | null;
  @ApiProperty({ type: Number, nullable: true })
  maxMessagesPerMinute!: number | null;
  @ApiProperty({ type: [LaneOnNode] })
  nodes!: LaneOnNode[];
}

export class LaneList {
  @ApiProperty({ type: [Lane], description: 'the first thousand, by name' })
  items!: Lane[];
}

/** What is left out stays as it is; null takes a limit away. */
export class LaneChanges {
  @ApiProperty({
    description: 'its name, or as much of its beginning as no other lane has',
    example: 'mail.example.org',
  })
  @IsString()
  @MaxLength(2_000)
  lane!: string;

  @ApiProperty({ required: false, description: '`false` lets it go on' })
  @IsOptional()
  @IsBoolean()
  paused?: boolean;

  @ApiProperty({ required: false, description: 'why it is paused; shown wherever the lane is' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  reason?: string;

  @ApiProperty({ required: false, type: Number, nullable: true, minimum: 1, maximum: 200 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(200)
  maxConnections?: number | null;

  @ApiProperty({ required: false, type: Number, nullable: true, minimum: 1, maximum: 100_000 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100_000)
  maxMessagesPerMinute?: number | null;
}
