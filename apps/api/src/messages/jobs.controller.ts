import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { Asking } from '../access/asking';
import { Job, JobList, NewJob } from './jobs.dto';
import { JobsService } from './jobs.service';

@ApiTags('jobs')
@Controller('api/v1/jobs')
export class JobsController {
  constructor(private readonly jobs: JobsService) {}

  @Get()
  @ApiOperation({ operationId: 'listJobs', summary: 'Levers that are or were pulled on many deliveries' })
  @ApiOkResponse({ type: JobList })
  list(@Asking() actor: Actor): Promise<JobList> {
    return this.jobs.list(actor);
  }

  @Post()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'startJob',
    summary: 'Retry, hold, release or discard any number of deliveries',
    description: 'Goes on in the background, over restarts; what is received after this is not meant.',
  })
  @ApiAcceptedResponse({ type: Job })
  start(@Asking() actor: Actor, @Body() job: NewJob): Promise<Job> {
    return this.jobs.start(actor, job);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'showJob', summary: 'How far a job has come' })
  @ApiOkResponse({ type: Job })
  show(@Asking() actor: Actor, @Param('id') id: string): Promise<Job> {
    return this.jobs.show(actor, id);
  }

  @Post(':id/stop')
  @HttpCode(200)
  @ApiOperation({ operationId: 'stopJob', summary: 'Stop a job; what it has moved stays moved' })
  @ApiOkResponse({ type: Job })
  stop(@Asking() actor: Actor, @Param('id') id: string): Promise<Job> {
    return this.jobs.stop(actor, id);
  }
}
