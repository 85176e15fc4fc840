import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { Actor } from './actor';

/** A request whose asker the guard has found. */
export interface AskedRequest extends Request {
  actor?: Actor;
}

/** Who is asking, for a controller: `list(@Asking() actor: Actor)`. */
export const Asking = createParamDecorator((_data: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<AskedRequest>();
  if (!actor) throw new Error('A route asks who is asking, and no guard stands before it');
  return actor;
});
