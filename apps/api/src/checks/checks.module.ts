import { Module } from '@nestjs/common';
import { CheckDesk } from './check-desk';
import { ChecksController } from './checks.controller';
import { ChecksService } from './checks.service';
import { MxCheckController } from './mx-check.controller';

@Module({
  controllers: [ChecksController, MxCheckController],
  providers: [CheckDesk, ChecksService],
})
export class ChecksModule {}
