import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';

export const importModes = ['replace', 'add'] as const;

/** By hand; a file of addresses goes by PUT. */
const mostByHand = 1_000;

export class RecipientChanges {
  @ApiProperty({
    required: false,
    type: [String],
    description: 'addresses within the domain, local parts, or patterns with `*`; `*` alone is a catch-all',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(mostByHand)
  @IsString({ each: true })
  add?: string[];

  @ApiProperty({ required: false, type: [String] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(mostByHand)
  @IsString({ each: true })
  remove?: string[];
}

export class ImportQuery {
  @ApiProperty({
    required: false,
    enum: importModes,
    default: 'replace',
    description: '`replace`: the file is the list afterwards; `add`: what is there stays',
  })
  @IsOptional()
  @IsIn(importModes)
  mode: (typeof importModes)[number] = 'replace';

  @ApiProperty({ required: false, description: 'name or id of one tenant' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  tenant?: string;
}

export class RowProblem {
  @ApiProperty({ description: 'line of the file, from 1' })
  row!: number;
  @ApiProperty({ example: 'is not an address' })
  message!: string;
}

/** What came of a change of a list. */
export class ChangedRecipients {
  @ApiProperty()
  added!: number;
  @ApiProperty()
  removed!: number;
  @ApiProperty({ description: 'in the list now' })
  total!: number;
  @ApiProperty({ description: 'lines that were passed over' })
  problemCount!: number;
  @ApiProperty({ type: [RowProblem], description: 'the first thousand of them' })
  problems!: RowProblem[];
}

export class Recipient {
  @ApiProperty({ example: 'ada@example.org' })
  address!: string;
}

export class RecipientPage {
  @ApiProperty({ type: [Recipient] })
  items!: Recipient[];
  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}
