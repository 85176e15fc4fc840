import { pino, destination, type DestinationStream } from 'pino';
import { events, type EventName } from './events';

export type Fields = Record<string, unknown>;

export interface Log {
  (event: EventName, fields?: Fields): void;
  /** Waits until everything is written; for the end of a program. */
  flush(): Promise<void>;
}

/**
 * One JSON line per event on stdout. Lines are gathered and written together, because a write per message would cost port 25
 * more than the parser does; an error is written at once.
 *
 * An `error` field is written with its message and stack. Bodies, subjects and secrets are nobody's fields.
 */
export function openLog(
  program: string,
  level: 'debug' | 'info' | 'warn' | 'error' = 'info',
  stream?: DestinationStream,
): Log {
  const out = stream ?? destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 500 });
  const logger = pino(
    {
      level,
      base: { program, pid: process.pid },
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err },
    },
    out,
  );
  const log = (event: EventName, fields: Fields = {}): void => logger[events[event]](fields, event);
  const flush = (): Promise<void> =>
    new Promise((resolve) => {
      if ('flush' in out && typeof out.flush === 'function') out.flush(() => resolve());
      else resolve();
    });
  return Object.assign(log, { flush });
}
