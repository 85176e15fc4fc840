import { ApiProperty } from '@nestjs/swagger';

export class TestStep {
  @ApiProperty({ example: 'mail.example.org:25 198.51.100.7' })
  place!: string;
  @ApiProperty({
    example: 'STARTTLS',
    description: '`ready` is the last of those that go well, `failed` of the others',
  })
  step!: string;
  @ApiProperty()
  isGood!: boolean;
  @ApiProperty({ description: 'what was found, in words' })
  found!: string;
}

/** A connection to each of a domain's primaries, tried by a relay. No mail is sent. */
export class PrimaryTest {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty({ type: String, format: 'date-time' })
  askedAt!: Date;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'null: under way' })
  doneAt!: Date | null;
  @ApiProperty({ type: [TestStep] })
  steps!: TestStep[];
}

export class TlsResult {
  @ApiProperty({ format: 'date' })
  day!: string;
  @ApiProperty({ example: 'mta-sts', description: 'the TLS policy of the primary' })
  policy!: string;
  @ApiProperty({
    example: 'certificate-expired',
    description: '`successful`, or why not, as RFC 8460 section 4.3 calls it',
  })
  result!: string;
  @ApiProperty({ description: 'how many connections' })
  count!: number;
}

export class TlsResults {
  @ApiProperty({ type: [TlsResult], description: 'of the last 30 days, newest first' })
  items!: TlsResult[];
}
