import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Log } from '@holdfast/daemon';
import type { Request, Response } from 'express';
import { LOG } from './log';
import { Problem, Unavailable } from './problem';

/**
 * The only place where an error becomes an answer. A Problem says itself; what Nest and the body parser refuse keeps its status
 * and gets our shape; everything else is logged whole and answered blandly.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOG) private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<Request>(), http.getResponse<Response>());
  }

  answer(error: unknown, request: Request, response: Response): void {
    const problem = problemOf(error);
    if (problem.status >= 500) {
      this.log('request-failed', {
        method: request.method,
        path: request.path,
        status: problem.status,
        error,
      });
    }
    // A stream that broke half-way has no status left to set; ending it is all that can be said.
    if (response.headersSent) {
      response.end();
      return;
    }
    if (problem.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
    if (problem.status === 503) response.setHeader('Retry-After', '5');
    response
      .status(problem.status)
      .type('application/problem+json')
      .send(JSON.stringify(problem.toDetails()));
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isPostgresAway(error)) return new Unavailable(error);
  const status = error instanceof HttpException ? error.getStatus() : exposedStatus(error);
  const said = status === undefined ? undefined : known[status];
  if (said) return new Problem(status as number, ...said);
  if (status !== undefined && status >= 400 && status < 500) {
    return new Problem(status, 'refused', 'The request was refused', (error as Error).message);
  }
  return new Problem(
    500,
    'failed',
    'Something failed',
    'Something failed on our side; it has been written down for the operator.',
  );
}

const known: Record<number, [kind: string, title: string, detail: string]> = {
  400: ['unreadable', 'The request cannot be read', 'The body must be JSON in UTF-8.'],
  404: ['not-here', 'Not here', 'There is nothing at this address.'],
  405: ['method', 'Method not allowed', 'This address does not know this method.'],
  413: ['too-large', 'Too large', 'The request is larger than we take.'],
  415: ['media-type', 'Unsupported media type', 'The body must be JSON in UTF-8.'],
  429: ['too-many', 'Too many requests', 'That was too often; please wait a minute and try again.'],
};

/** Errors of the body parser carry a status that is meant for the client, and say so. */
function exposedStatus(error: unknown): number | undefined {
  const { status, expose } = (error ?? {}) as { status?: unknown; expose?: unknown };
  return typeof status === 'number' && expose === true ? status : undefined;
}

/** Class 08 is a broken connection, 57P a server that stops or starts; the others come from the socket and the pool. */
function isPostgresAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = String((error as { code?: unknown }).code ?? '');
  return (
    /^(08|57P)/.test(code) ||
    ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'].includes(code) ||
    /^(Connection terminated|timeout exceeded when trying to connect)/.test(error.message)
  );
}
