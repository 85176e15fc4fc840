import type { Log } from '@holdfast/daemon';
import type { LoggerService } from '@nestjs/common';

/** For Nest: `@Inject(LOG) log: Log`. */
export const LOG = Symbol('log');

/** Nest's own words in our log: its errors, and nothing of its chatter about modules and routes. */
export function nestLogger(log: Log): LoggerService {
  return {
    log: () => undefined,
    warn: () => undefined,
    error: (message: unknown, ...more: unknown[]) =>
      log('failed', { while: 'serving', error: message, more }),
    fatal: (message: unknown, ...more: unknown[]) =>
      log('failed', { while: 'serving', error: message, more }),
  };
}
