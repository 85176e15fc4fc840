import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString } from 'class-validator';
import { PageQuery } from '../http/page';

export const ruleVerdicts = ['allow', 'block'] as const;

/** More in one request is a list that somebody else keeps; such lists are asked by DNS. */
const mostPatterns = 1_000;

export class RuleChanges {
  @ApiProperty({
    required: false,
    type: [String],
    example: ['ada@sender.example', 'sender.example', '192.0.2.0/24'],
    description:
      'addresses, domains (their subdomains too), IP addresses or networks; allowed goes before blocked',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(mostPatterns)
  @IsString({ each: true })
  allow?: string[];

  @ApiProperty({ required: false, type: [String] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(mostPatterns)
  @IsString({ each: true })
  block?: string[];

  @ApiProperty({ required: false, type: [String], description: 'out of either list' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(mostPatterns)
  @IsString({ each: true })
  forget?: string[];
}

export class RuleQuery extends PageQuery {
  @ApiProperty({ required: false, enum: ruleVerdicts, enumName: 'RuleVerdict' })
  @IsOptional()
  @IsIn(ruleVerdicts)
  verdict?: (typeof ruleVerdicts)[number];
}

export class FilterRule {
  @ApiProperty({ example: 'sender.example' })
  pattern!: string;
  @ApiProperty({ enum: ruleVerdicts, enumName: 'RuleVerdict' })
  verdict!: (typeof ruleVerdicts)[number];
  @ApiProperty({ type: String, format: 'date-time' })
  createdAt!: Date;
}

export class RulePage {
  @ApiProperty({ type: [FilterRule] })
  items!: FilterRule[];
  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}

export class ChangedRules {
  @ApiProperty({ description: 'how many are new in their list' })
  added!: number;
  @ApiProperty({ description: 'how many left a list' })
  removed!: number;
  @ApiProperty({ description: 'how many the tenant has now' })
  total!: number;
}
