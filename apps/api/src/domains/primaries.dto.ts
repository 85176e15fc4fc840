import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';

export const tlsPolicies = ['none', 'opportunistic', 'required', 'dane', 'mta-sts', 'pinned'] as const;
export const waysToTellClient = ['none', 'xclient', 'xforward'] as const;

const mostPins = 8;

export class NewLogin {
  @ApiProperty({ example: 'backup' })
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  // eslint-disable-next-line no-control-regex -- NUL parts the fields of AUTH PLAIN
  @Matches(/^[^\0-\x1f]*$/, { message: 'must have no control characters' })
  user!: string;

  @ApiProperty({ description: 'kept encrypted, and never given back' })
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  @Matches(/^[^\0\r\n]*$/, { message: 'must be one line' })
  secret!: string;
}

export class NewPrimary {
  @ApiProperty({
    required: false,
    description:
      'a host name, or an address; with `byMx` the domain whose MX records count, and if it is left out the domain itself',
    example: 'mail.example.org',
  })
  @IsOptional()
  @IsString()
  @MaxLength(253)
  host?: string;

  @ApiProperty({ type: Number, required: false, default: 25, minimum: 1, maximum: 65535 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(65_535)
  port = 25;

  @ApiProperty({
    required: false,
    enum: tlsPolicies,
    enumName: 'TlsPolicy',
    default: 'opportunistic',
    description:
      '`required`: a certificate for the host’s name; `dane`: by its TLSA records; `mta-sts`: as the domain’s own policy says; ' +
      '`pinned`: one of `pins`. Only `none` and `opportunistic` deliver without.',
  })
  @IsOptional()
  @IsIn(tlsPolicies)
  tlsPolicy: (typeof tlsPolicies)[number] = 'opportunistic';

  @ApiProperty({
    type: Number,
    required: false,
    default: 10,
    minimum: 0,
    maximum: 65535,
    description: 'smaller is tried first; those that are equal share the mail',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(65_535)
  preference = 10;

  @ApiProperty({
    required: false,
    description: 'where its MX records say, cut at ourselves and at all that is as little preferred',
  })
  @IsOptional()
  @IsBoolean()
  byMx?: boolean;

  @ApiProperty({
    required: false,
    type: [String],
    description:
      'with `pinned`: SHA-256 of the server’s public key (SPKI), in hexadecimal or as `sha256//` and base64',
    example: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(mostPins)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  pins?: string[];

  @ApiProperty({
    required: false,
    enum: waysToTellClient,
    enumName: 'TellsClient',
    default: 'none',
    description: 'how the primary is told who brought a message to us, where it offers that (Postfix)',
  })
  @IsOptional()
  @IsIn(waysToTellClient)
  tellsClient: (typeof waysToTellClient)[number] = 'none';

  @ApiProperty({
    required: false,
    type: NewLogin,
    nullable: true,
    description:
      'for SMTP AUTH. Left out, what is known for this host and port stays; null takes it away. Not with `none` and `opportunistic`.',
  })
  @IsOptional()
  @ValidateNested()
  @Type(() => NewLogin)
  login?: NewLogin | null;
}

export class Primary {
  @ApiProperty()
  host!: string;
  @ApiProperty()
  port!: number;
  @ApiProperty({ enum: tlsPolicies, enumName: 'TlsPolicy' })
  tlsPolicy!: (typeof tlsPolicies)[number];
  @ApiProperty()
  preference!: number;
  @ApiProperty({ description: 'the MX records of `host` say where to' })
  byMx!: boolean;
  @ApiProperty({ type: [String] })
  pins!: string[];
  @ApiProperty({ enum: waysToTellClient, enumName: 'TellsClient' })
  tellsClient!: (typeof waysToTellClient)[number];
  @ApiProperty({ type: String, nullable: true, description: 'user name of the login; null: without' })
  login!: string | null;
}
