import { randomBytes } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';

/** What the console page needs to put its own styles in: a number used once, in the header and in the page. */
export interface WithNonce {
  locals: { nonce?: string };
}

/**
 * Headers that keep a browser to what the console needs: our own scripts, styles and pictures, and nothing inline. Angular puts
 * component styles into `<style>` elements; they carry a nonce that console-page.ts writes into the page, so that no
 * 'unsafe-inline' is needed.
 */
export function securityHeaders() {
  const guard = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: [
          "'self'",
          (_request, response) => `'nonce-${(response as unknown as WithNonce).locals.nonce}'`,
        ],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'same-origin' },
    // Whether we are reached by TLS is known to the proxy that speaks it; said over plain HTTP it would mean nothing.
    strictTransportSecurity: false,
  });
  return (request: Request, response: Response, next: NextFunction): void => {
    response.locals['nonce'] = randomBytes(16).toString('base64');
    guard(request, response, next);
  };
}
