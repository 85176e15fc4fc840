import type { NextFunction, Request, Response } from 'express';
import { NotAllowed } from '../http/problem';

/**
 * Keeps other people's pages from acting in the name of somebody who is signed in here: what changes something must come from our own
 * pages. Browsers say where a request comes from, in `Origin` or `Sec-Fetch-Site`; with a cookie and neither, it is not our page.
 * Keys are safe as they are: no browser adds them by itself.
 */
export function sameOrigin(publicUrl: string | null) {
  const publicOrigin = publicUrl === null ? undefined : new URL(publicUrl).origin;
  return (request: Request, _response: Response, next: NextFunction): void => {
    if (['GET', 'HEAD', 'OPTIONS'].includes(request.method) || isFromUs(request, publicOrigin)) next();
    else next(new NotAllowed('This request came from another site.'));
  };
}

function isFromUs(request: Request, publicOrigin: string | undefined): boolean {
  const { origin, cookie, host } = request.headers;
  if (origin !== undefined) return origin === publicOrigin || hostOf(origin) === host;
  const site = request.headers['sec-fetch-site'];
  return site === undefined ? cookie === undefined : site === 'same-origin';
}

/** `null`, which sandboxed pages send, has none. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
