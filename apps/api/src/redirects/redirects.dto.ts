import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

export const redirectTlsPolicies = ['none', 'opportunistic', 'required'] as const;
export const redirectEnds = ['taken-back', 'outage-ends'] as const;

/** Where a domain's mail is to go in place of its primaries. */
export class NewRedirect {
  @ApiProperty({ description: 'a host name, or an address', example: 'standby.example.org' })
  @IsString()
  @MaxLength(253)
  host!: string;

  @ApiProperty({ type: Number, required: false, default: 25, minimum: 1, maximum: 65535 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(65_535)
  port = 25;

  @ApiProperty({
    required: false,
    enum: redirectTlsPolicies,
    enumName: 'RedirectTlsPolicy',
    default: 'opportunistic',
  })
  @IsOptional()
  @IsIn(redirectTlsPolicies)
  tlsPolicy: (typeof redirectTlsPolicies)[number] = 'opportunistic';

  @ApiProperty({
    required: false,
    enum: redirectEnds,
    enumName: 'RedirectEnd',
    description:
      'how long; left out: until the outage ends that is open now, and without one until it is taken back',
  })
  @IsOptional()
  @IsIn(redirectEnds)
  until?: (typeof redirectEnds)[number];
}

export class Redirect {
  @ApiProperty()
  domain!: string;
  @ApiProperty()
  host!: string;
  @ApiProperty()
  port!: number;
  @ApiProperty({ enum: redirectTlsPolicies, enumName: 'RedirectTlsPolicy' })
  tlsPolicy!: (typeof redirectTlsPolicies)[number];
  @ApiProperty({ enum: redirectEnds, enumName: 'RedirectEnd' })
  until!: (typeof redirectEnds)[number];
  @ApiProperty({ type: String, format: 'date-time' })
  madeAt!: Date;
}

export class RedirectList {
  @ApiProperty({ type: [Redirect] })
  items!: Redirect[];
}
