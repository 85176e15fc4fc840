import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import express, { type NextFunction, type Request, type Response } from 'express';
import { NotHere } from './problem';

/** The build puts a hash of the content into these names: what was fetched once is right for ever. */
const hashed = /-[A-Z0-9]{8}\.\w+$/;

/**
 * Serves the console: files as they are, and its page for every address that is not a file, because the console has its own addresses.
 * The page itself is asked for again each time, so that a new version is seen at the next click.
 */
export function consolePage(directory: string): express.RequestHandler[] {
  const files = express.static(directory, {
    index: false,
    redirect: false,
    setHeaders: (response, path) => {
      response.setHeader(
        'cache-control',
        hashed.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
  const page = async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    if (!['GET', 'HEAD'].includes(request.method) || /^\/(api|health|metrics)(\/|$)/.test(request.path))
      return next();
    // A script that is missing is missing: answering it with a page would only move the error into the browser. A person's browser
    // says that it wants a page, also for an address such as /domains/example.org.
    if (/\.\w+$/.test(request.path) && !request.headers.accept?.includes('text/html')) return next();
    let html: string;
    try {
      html = await readFile(join(directory, 'index.html'), 'utf8');
    } catch (error) {
      return next((error as NodeJS.ErrnoException).code === 'ENOENT' ? new NotHere('console') : error);
    }
    response
      .setHeader('cache-control', 'no-cache')
      .type('html')
      .send(html.replace('<hf-root>', `<hf-root ngCspNonce="${String(response.locals['nonce'])}">`));
  };
  const indexAsPage = (request: Request, _response: Response, next: NextFunction): void => {
    if (request.path === '/index.html') request.url = '/';
    next();
  };
  return [indexAsPage, files, page];
}
