import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

const severities = ['blocking', 'warning', 'unknown', 'note', 'ok'] as const;
const verdicts = ['ok', 'warning', 'blocking'] as const;

export class CheckFinding {
  @ApiProperty({ example: 'mx-order', description: 'stays the same; scripts may compare it' })
  check!: string;
  @ApiProperty({ example: 'records', description: 'where a person looks for it' })
  group!: string;
  @ApiProperty({ enum: severities, description: '`unknown`: it could not be checked, which is no alarm' })
  severity!: (typeof severities)[number];
  @ApiProperty({ description: 'what was found, one sentence' })
  found!: string;
  @ApiProperty({ description: 'why it matters, one sentence' })
  why!: string;
  @ApiProperty({ description: 'what to do; empty where nothing is to be done' })
  advice!: string;
  @ApiProperty({ type: [String], description: 'records (or lines of a policy) to copy' })
  publish!: string[];
}

/** Whether mail for a domain will come to us when its own server is away, and go there again afterwards. */
export class DnsCheck {
  @ApiProperty({ example: 'example.org' })
  domain!: string;
  @ApiProperty({ enum: verdicts })
  verdict!: (typeof verdicts)[number];
  @ApiProperty({ description: 'one sentence to begin with' })
  summary!: string;
  @ApiProperty({ description: 'false: something could not be checked' })
  complete!: boolean;
  @ApiProperty({ type: String, format: 'date-time' })
  checkedAt!: Date | string;
  @ApiProperty({ type: [CheckFinding], description: 'worst first' })
  findings!: CheckFinding[];
}

export class DnsChecks {
  @ApiProperty({ type: [DnsCheck], description: 'newest first' })
  items!: DnsCheck[];
}

export class ChecksQuery {
  @ApiProperty({ type: Number, required: false, minimum: 1, maximum: 50, default: 1 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(50)
  limit = 1;

  @ApiProperty({ required: false, description: 'name or id of one tenant; none: all that you may see' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  tenant?: string;
}

export class MxCheckQuery {
  @ApiProperty({ example: 'example.org' })
  @IsString()
  @MaxLength(300)
  domain!: string;
}
