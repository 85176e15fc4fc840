import { Module } from '@nestjs/common';
import { DomainsController } from './domains.controller';
import { DomainsService } from './domains.service';
import { PrimaryTestsController } from './primary-tests.controller';
import { PrimaryTestsService } from './primary-tests.service';
import { RecipientsController } from './recipients.controller';
import { RecipientsService } from './recipients.service';

@Module({
  controllers: [DomainsController, PrimaryTestsController, RecipientsController],
  providers: [DomainsService, PrimaryTestsService, RecipientsService],
})
export class DomainsModule {}
