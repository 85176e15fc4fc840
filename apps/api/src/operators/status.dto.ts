import { ApiProperty } from '@nestjs/swagger';

/** One running program on one machine, by its own word. */
export class NodeStatus {
  @ApiProperty()
  node!: string;
  @ApiProperty({ enum: ['api', 'smtp-ingress', 'relay', 'sentinel'] })
  program!: string;
  @ApiProperty()
  worker!: number;
  @ApiProperty()
  pid!: number;
  @ApiProperty({ description: 'false also when it has been silent for too long' })
  ready!: boolean;
  @ApiProperty({ type: [String] })
  reasons!: string[];
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'figures of this program, such as a backlog',
  })
  facts!: Record<string, unknown>;
  @ApiProperty({ type: String, format: 'date-time' })
  startedAt!: Date;
  @ApiProperty({ type: String, format: 'date-time' })
  seenAt!: Date;
}

export class Status {
  @ApiProperty({ description: 'whether everything works that a tenant needs' })
  ready!: boolean;
  @ApiProperty({ type: [String], description: 'one sentence for each thing that is not well' })
  reasons!: string[];
  @ApiProperty()
  held!: number;
  @ApiProperty()
  sending!: number;
  @ApiProperty()
  quarantined!: number;
  @ApiProperty()
  outagesOpen!: number;
  @ApiProperty({ type: [NodeStatus] })
  nodes!: NodeStatus[];
}
