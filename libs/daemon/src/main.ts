import { ConfigProblems } from './config';

/** Runs a program's start. A wrong configuration ends it with the sentences that name each key, anything else with the stack. */
export function runMain(start: () => Promise<void>): void {
  start().catch((error: unknown) => {
    process.stderr.write(
      error instanceof ConfigProblems
        ? `${error.message}\n`
        : `${error instanceof Error ? error.stack : String(error)}\n`,
    );
    process.exit(1);
  });
}
