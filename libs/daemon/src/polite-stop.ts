import type { Log } from './log';

/** One thing to end, in the order given; `what` is said to the operator while we wait for it, a function asked anew each time. */
export interface StopStep {
  what: string | (() => string);
  stop(): Promise<void> | void;
  /** Go on after this long, so that one stuck step does not keep the others from ending. */
  atMostMs?: number;
}

const sayEveryMs = 2_000;

/**
 * Leaves politely on SIGTERM, SIGINT and when the supervisor's channel closes (a killed supervisor must leave nothing behind): runs
 * the steps in order, says what it still waits for, exits 0. A second signal means: now.
 * @returns the same stop, for a program that decides to end by itself
 */
export function politeStop(log: Log, steps: () => StopStep[]): (reason: string) => Promise<void> {
  let isStopping = false;
  const stop = async (reason: string): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    log('stopping', { reason });
    for (const step of steps()) {
      const what = (): string => (typeof step.what === 'string' ? step.what : step.what());
      const saying = setInterval(() => log('still-waiting', { for: what() }), sayEveryMs);
      let timer: NodeJS.Timeout | undefined;
      try {
        await Promise.race([
          step.stop(),
          new Promise((resolve) => (timer = setTimeout(resolve, step.atMostMs ?? 30_000))),
        ]);
      } catch (error) {
        log('failed', { while: `stopping ${what()}`, error });
      }
      clearInterval(saying);
      clearTimeout(timer);
    }
    log('stopped');
    await log.flush();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (isStopping) process.exit(1);
      void stop(signal);
    });
  }
  process.on('disconnect', () => void stop('the supervisor is gone'));
  return stop;
}

/** Tells the supervisor, if there is one, that this program serves. */
export function sayReady(): void {
  process.send?.({ type: 'ready' });
}

/**
 * What a program does with an error that nobody caught: write it down whole and end, so that the supervisor starts it afresh. A
 * program that goes on in an unknown state is worse than one that comes back in a second.
 */
export function endOnUnknownErrors(log: Log): void {
  for (const kind of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(kind, (error) => {
      log('failed', { while: kind, error });
      void log.flush().finally(() => process.exit(1));
    });
  }
}
