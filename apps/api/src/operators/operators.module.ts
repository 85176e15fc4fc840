import { Module } from '@nestjs/common';
import { HealthController } from './health.controller';
import { OperatorsController } from './operators.controller';
import { Pulse } from './pulse';
import { Readiness } from './readiness';

@Module({ controllers: [OperatorsController, HealthController], providers: [Readiness, Pulse] })
export class OperatorsModule {}
