import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional, IsString, MaxLength } from 'class-validator';
import { PageQuery } from '../http/page';

export class OutagesQuery extends PageQuery {
  @ApiProperty({ required: false, description: 'name or id of a domain' })
  @IsOptional()
  @IsString()
  @MaxLength(253)
  domain?: string;

  @ApiProperty({
    required: false,
    type: Boolean,
    description: 'only those that are open, or only those that are over',
  })
  @IsOptional()
  @Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  open?: boolean;
}

/** A period in which a primary was down. */
export class Outage {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty()
  domain!: string;
  @ApiProperty({ description: 'name of the tenant' })
  tenant!: string;
  @ApiProperty({ type: String, format: 'date-time' })
  beganAt!: Date;
  @ApiProperty({ type: String, format: 'date-time' })
  noticedAt!: Date;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  endedAt!: Date | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'when the last that it left with us was settled',
  })
  drainedAt!: Date | null;
  @ApiProperty()
  cause!: string;
  @ApiProperty()
  messagesHeld!: number;
  @ApiProperty({ description: 'how many of them were delivered' })
  delivered!: number;
}

export class OutagePage {
  @ApiProperty({ type: [Outage] })
  items!: Outage[];
  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}
