import { Module } from '@nestjs/common';
import { DeliveriesController } from './deliveries.controller';
import { DeliveriesService } from './deliveries.service';
import { JobWorker } from './job-worker';
import { JobsController } from './jobs.controller';
import { JobsService } from './jobs.service';

@Module({
  controllers: [DeliveriesController, JobsController],
  providers: [DeliveriesService, JobsService, JobWorker],
})
export class MessagesModule {}
