import { ApiProperty } from '@nestjs/swagger';
import { waveDecisions, type WaveDecision } from '@holdfast/queue';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { PageQuery } from '../http/page';
import { NewRedirect } from '../redirects/redirects.dto';

/** What a person may say; `recovered` is the primary's own word. */
export const wordsOnWaves = ['retry', 'give-up', 'redirect'] as const;

export class WavesQuery extends PageQuery {
  @ApiProperty({ required: false, description: 'name or id of a domain' })
  @IsOptional()
  @IsString()
  @MaxLength(253)
  domain?: string;

  @ApiProperty({
    required: false,
    type: Boolean,
    description: 'only those that wait for a decision, or only those that are over',
  })
  @IsOptional()
  @Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  open?: boolean;
}

/** A primary that answers and refuses (nearly) everybody of a domain; while it is open its mail is held. */
export class RefusalWave {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty()
  domain!: string;
  @ApiProperty({ description: 'name of the tenant' })
  tenant!: string;
  @ApiProperty({ type: String, format: 'date-time' })
  beganAt!: Date;
  @ApiProperty({ description: 'which rule saw it', example: 'nobody-accepted' })
  rule!: string;
  @ApiProperty({ description: 'what the primary said, word for word' })
  reply!: string;
  @ApiProperty({ description: 'host:port that said it' })
  saidBy!: string;
  @ApiProperty({ description: 'recipients that were refused until then' })
  refused!: number;
  @ApiProperty({ description: 'of those, whom the primary once knew' })
  knownRefused!: number;
  @ApiProperty()
  accepted!: number;
  @ApiProperty({ description: 'deliveries of the domain that are held now' })
  held!: number;
  @ApiProperty({ enum: waveDecisions, enumName: 'WaveDecision', nullable: true })
  decision!: WaveDecision | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  decidedAt!: Date | null;
}

export class RefusalWavePage {
  @ApiProperty({ type: [RefusalWave] })
  items!: RefusalWave[];
  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}

export class WaveWord {
  @ApiProperty({ description: 'name or id of the domain' })
  @IsString()
  @MaxLength(253)
  domain!: string;

  @ApiProperty({
    enum: wordsOnWaves,
    enumName: 'WaveWordKind',
    description:
      '`retry`: offer the mail again, gently; `give-up`: let refusals count, for a day; `redirect`: deliver it to `to`',
  })
  @IsIn(wordsOnWaves)
  decision!: (typeof wordsOnWaves)[number];

  @ApiProperty({ type: NewRedirect, required: false, description: 'with `redirect`: where to' })
  @IsOptional()
  @ValidateNested()
  @Type(() => NewRedirect)
  to?: NewRedirect;
}
