import type { Clock } from '@holdfast/daemon';

export interface ErrandOptions {
  clock: Clock;
  run(): Promise<void>;
  onError(error: unknown): void;
  onDone?(): void;
  /** goes by itself this long after it ended, whoever asks meanwhile; without it only when asked */
  everyMs?: number;
}

const afterFailureMs = 1_000;

/**
 * Work that is asked for often and done one at a time: asking while it runs means once more afterwards, asking ten times means
 * once. When it fails (Postgres is away) it is tried again until it succeeds, so that nothing asked for is forgotten.
 */
export class Errand {
  private isAsked = false;
  private isStopped = false;
  private running: Promise<void> | undefined;
  private cancel: () => void = () => undefined;
  private isFailing = false;

  constructor(private readonly options: ErrandOptions) {}

  ask(): void {
    if (this.isStopped) return;
    this.isAsked = true;
    // While it fails it keeps its pace: a notification a millisecond must not become a query a millisecond.
    if (!this.running && !this.isFailing) this.go();
  }

  /** Resolves when nothing runs at this moment. */
  async rests(): Promise<void> {
    while (this.running) await this.running;
  }

  /** Ends what runs and begins nothing more. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.cancel();
    await this.running;
  }

  private go(): void {
    this.cancel();
    this.isAsked = false;
    this.running = this.options
      .run()
      .then(
        () => {
          this.isFailing = false;
          this.options.onDone?.();
        },
        (error: unknown) => {
          this.isFailing = true;
          this.options.onError(error);
        },
      )
      .then(() => {
        this.running = undefined;
        if (this.isStopped) return;
        if (this.isFailing) this.cancel = this.options.clock.after(afterFailureMs, () => this.go());
        else if (this.isAsked) this.go();
        else if (this.options.everyMs !== undefined)
          this.cancel = this.options.clock.after(this.options.everyMs, () => this.go());
      });
  }
}
