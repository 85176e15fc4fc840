import { ApiProperty } from '@nestjs/swagger';

/** A mail that we wrote to a tenant's contact. */
export class Notification {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty({ example: 'holding' })
  kind!: string;
  @ApiProperty()
  recipient!: string;
  @ApiProperty()
  subject!: string;
  @ApiProperty({ type: String, format: 'date-time' })
  createdAt!: Date;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  sentAt!: Date | null;
  @ApiProperty({ type: String, nullable: true })
  lastError!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'why it was not sent, when it was decided so' })
  skippedBecause!: string | null;
}

export class NotificationPage {
  @ApiProperty({ type: [Notification] })
  items!: Notification[];
  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}
