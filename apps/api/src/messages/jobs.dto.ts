import { ApiProperty } from '@nestjs/swagger';
import { jobStates, leverNames, type JobState, type LeverName } from '@holdfast/queue';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';

export const waitingStates = ['held', 'quarantined'] as const;

/** A lever and the deliveries that it is to move: all of a tenant, or of a domain, or of those what waits in one state. */
export class NewJob {
  @ApiProperty({ enum: leverNames, enumName: 'LeverAction' })
  @IsIn(leverNames)
  action!: LeverName;

  @ApiProperty({ required: false, description: 'name or id of a domain' })
  @IsOptional()
  @IsString()
  @MaxLength(253)
  domain?: string;

  @ApiProperty({
    required: false,
    description: 'name or id; operators who name no domain, and people of several tenants, must say',
  })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  tenant?: string;

  @ApiProperty({ required: false, enum: waitingStates, enumName: 'WaitingState' })
  @IsOptional()
  @IsIn(waitingStates)
  state?: (typeof waitingStates)[number];
}

/** A lever that is pulled on many deliveries, page by page. */
export class Job {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty({ enum: leverNames, enumName: 'LeverAction' })
  action!: LeverName;
  @ApiProperty({ type: String, nullable: true, description: 'null: all of the tenant’s domains' })
  domain!: string | null;
  @ApiProperty({ enum: waitingStates, enumName: 'WaitingState', nullable: true })
  deliveryState!: (typeof waitingStates)[number] | null;
  @ApiProperty({ enum: jobStates, enumName: 'JobState' })
  state!: JobState;
  @ApiProperty({ description: 'deliveries that fitted when it was made' })
  expected!: number;
  @ApiProperty({ description: 'deliveries that it has come by' })
  looked!: number;
  @ApiProperty({ description: 'deliveries that it has moved' })
  changed!: number;
  @ApiProperty({ type: String, format: 'date-time' })
  madeAt!: Date;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  endedAt!: Date | null;
}

export class JobList {
  @ApiProperty({ type: [Job], description: 'the last hundred, newest first' })
  items!: Job[];
}
