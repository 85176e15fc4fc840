import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerModule } from '@nestjs/throttler';
import { AccessGuard } from './access.guard';
import { AuthController } from './auth.controller';
import { Doorkeeper } from './doorkeeper';
import { MeController } from './me.controller';
import { People } from './people';
import { signInLimits } from './sign-in-limits';

@Global()
@Module({
  imports: [ThrottlerModule.forRoot(signInLimits)],
  controllers: [AuthController, MeController],
  providers: [Doorkeeper, People, { provide: APP_GUARD, useClass: AccessGuard }],
  exports: [Doorkeeper, People],
})
export class AccessModule {}
