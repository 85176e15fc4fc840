import { Module } from '@nestjs/common';
import { DomainsController } from './domains.controller';
import { DomainsService } from './domains.service';
import { RecipientsController } from './recipients.controller';
import { RecipientsService } from './recipients.service';

@Module({
  controllers: [DomainsController, RecipientsController],
  providers: [DomainsService, RecipientsService],
})
export class DomainsModule {}
