import { Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';
import type { AskedRequest } from './asking';
import { Doorkeeper } from './doorkeeper';

const OPEN = 'open-to-everybody';

/** For the few routes that need nobody's name: health, sign-in. Everything else asks who is there. */
export const OpenToEverybody = () => SetMetadata(OPEN, true);

/** Stands before every route and finds out who is asking; what they may do is said by the services. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly doorkeeper: Doorkeeper,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.getAllAndOverride<boolean>(OPEN, [context.getHandler(), context.getClass()]))
      return true;
    const http = context.switchToHttp();
    const request = http.getRequest<AskedRequest>();
    request.actor = await this.doorkeeper.whoIs(request, http.getResponse<Response>());
    return true;
  }
}
