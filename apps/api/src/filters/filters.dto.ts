import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { IsIn, IsNumber, IsOptional, Max, Min } from 'class-validator';

const firmness = ['refuse', 'defer', 'quarantine'] as const;

/** What each kind of mail may be answered with; the table's own checks say the same. */
export const filterChoices = {
  spam: [...firmness, 'tag'],
  malware: firmness,
  blocked: firmness,
  blockList: ['accept', ...firmness],
  ownDomain: ['accept', ...firmness],
  unknownRecipient: ['refuse', 'defer'],
} as const;

type Choice<K extends keyof typeof filterChoices> = (typeof filterChoices)[K][number];

/** What a choice and a score mean, once for what is asked and what is answered. */
const meaning = {
  spam: {
    enum: filterChoices.spam,
    enumName: 'SpamChoice',
    description:
      '`refuse`: 550 while the sender is connected; `defer`: 451, the sender tries again; `quarantine`: taken and put aside for a person; `tag`: delivered with X-Spam-Flag',
  },
  malware: {
    enum: filterChoices.malware,
    enumName: 'Firmness',
    description: 'what the virus scanner found; no rule lets it through',
  },
  blocked: {
    enum: filterChoices.blocked,
    enumName: 'Firmness',
    description: 'who is blocked by a rule of the tenant’s own',
  },
  blockList: {
    enum: filterChoices.blockList,
    enumName: 'AcceptOrFirmness',
    description: 'whose server is on a DNS block list that the provider asks',
  },
  ownDomain: {
    enum: filterChoices.ownDomain,
    enumName: 'AcceptOrFirmness',
    description:
      'a sender in the very domain that is written to, whom neither SPF nor DMARC shows to be one of its own',
  },
  unknownRecipient: {
    enum: filterChoices.unknownRecipient,
    enumName: 'UnknownRecipientChoice',
    description: 'with `call-ahead`: a recipient whom the primary did not know when it was asked',
  },
  rejectScore: {
    type: Number,
    nullable: true,
    minimum: 1,
    maximum: 1000,
    description: 'the score from which mail is spam; null: the provider’s',
  },
  tagScore: {
    type: Number,
    nullable: true,
    minimum: 0,
    maximum: 1000,
    description: 'the score from which mail is delivered with X-Spam-Flag; null: the provider’s',
  },
} satisfies Record<string, ApiPropertyOptions>;

/** What is left out stays as it is; a score of null is the provider's again. */
export class FilterChanges {
  @ApiProperty({ required: false, ...meaning.spam })
  @IsOptional()
  @IsIn(filterChoices.spam)
  spam?: Choice<'spam'>;

  @ApiProperty({ required: false, ...meaning.malware })
  @IsOptional()
  @IsIn(filterChoices.malware)
  malware?: Choice<'malware'>;

  @ApiProperty({ required: false, ...meaning.blocked })
  @IsOptional()
  @IsIn(filterChoices.blocked)
  blocked?: Choice<'blocked'>;

  @ApiProperty({ required: false, ...meaning.blockList })
  @IsOptional()
  @IsIn(filterChoices.blockList)
  blockList?: Choice<'blockList'>;

  @ApiProperty({ required: false, ...meaning.ownDomain })
  @IsOptional()
  @IsIn(filterChoices.ownDomain)
  ownDomain?: Choice<'ownDomain'>;

  @ApiProperty({ required: false, ...meaning.unknownRecipient })
  @IsOptional()
  @IsIn(filterChoices.unknownRecipient)
  unknownRecipient?: Choice<'unknownRecipient'>;

  @ApiProperty({ required: false, ...meaning.rejectScore })
  @IsOptional()
  @IsNumber({ maxDecimalPlaces: 2 })
  @Min(1)
  @Max(1000)
  rejectScore?: number | null;

  @ApiProperty({ required: false, ...meaning.tagScore })
  @IsOptional()
  @IsNumber({ maxDecimalPlaces: 2 })
  @Min(0)
  @Max(1000)
  tagScore?: number | null;
}

/** How many rules a tenant has. */
export class RuleCounts {
  @ApiProperty()
  allow!: number;
  @ApiProperty()
  block!: number;
}

export class Filter {
  @ApiProperty({ description: 'name of the tenant' })
  tenant!: string;
  @ApiProperty(meaning.spam)
  spam!: Choice<'spam'>;
  @ApiProperty(meaning.malware)
  malware!: Choice<'malware'>;
  @ApiProperty(meaning.blocked)
  blocked!: Choice<'blocked'>;
  @ApiProperty(meaning.blockList)
  blockList!: Choice<'blockList'>;
  @ApiProperty(meaning.ownDomain)
  ownDomain!: Choice<'ownDomain'>;
  @ApiProperty(meaning.unknownRecipient)
  unknownRecipient!: Choice<'unknownRecipient'>;
  @ApiProperty(meaning.rejectScore)
  rejectScore!: number | null;
  @ApiProperty(meaning.tagScore)
  tagScore!: number | null;
  @ApiProperty({ type: RuleCounts })
  rules!: RuleCounts;
}
