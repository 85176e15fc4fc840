import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  InjectThrottlerOptions,
  InjectThrottlerStorage,
  ThrottlerGuard,
  type ThrottlerModuleOptions,
  type ThrottlerStorage,
} from '@nestjs/throttler';
import type { Response } from 'express';
import type { AskedRequest } from '../access/asking';
import { Doorkeeper } from '../access/doorkeeper';
import { NotSignedIn } from '../http/problem';

const minute = 60_000;

/**
 * How often somebody without an account may have a domain checked, by address (of IPv6, by network): a check makes us knock at
 * other people's servers. Who says who they are and is known passes.
 */
@Injectable()
export class StrangerLimits extends ThrottlerGuard {
  constructor(
    // Nest inherits what the parent's parameters are, so they stand where they stand there; these limits are those of sign-in.
    @InjectThrottlerOptions() _ofSignIn: ThrottlerModuleOptions,
    @InjectThrottlerStorage() storage: ThrottlerStorage,
    reflector: Reflector,
    private readonly doorkeeper: Doorkeeper,
  ) {
    const throttlers = [
      { name: 'checks-in-a-minute', ttl: minute, limit: 6 },
      { name: 'checks-in-an-hour', ttl: 60 * minute, limit: 60 },
    ];
    super({ throttlers }, storage, reflector);
  }

  protected override async shouldSkip(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<AskedRequest>();
    if (request.headers.authorization === undefined && !request.headers.cookie) return false;
    try {
      request.actor = await this.doorkeeper.whoIs(request, http.getResponse<Response>());
      return true;
    } catch (error) {
      // A wrong key is said to be wrong; a session that is over makes a stranger.
      if (error instanceof NotSignedIn && request.headers.authorization === undefined) return false;
      throw error;
    }
  }
}
