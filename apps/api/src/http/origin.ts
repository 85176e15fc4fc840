import type { Request } from 'express';

/** Under which scheme, name and port this request reached us, as a browser would write an origin. */
export function originOf(request: Request): string {
  return `${request.protocol}://${request.host}`;
}
