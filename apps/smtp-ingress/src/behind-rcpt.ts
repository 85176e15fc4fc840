import type { Queryable } from '@holdfast/queue';

/** What one process remembers and the others should know. */
export interface Synced {
  sync(db: Queryable): Promise<void>;
}

const everyMs = 1_000;

/** Exchanges what RCPT decides by with Postgres, behind its back. While Postgres is away everybody decides by what they know. */
export class BehindRcpt {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly db: Queryable,
    private readonly parts: Synced[],
  ) {}

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    for (const part of this.parts) {
      // The registrar says when Postgres is away; to say it here too would tell nobody more.
      await part.sync(this.db).catch(() => undefined);
    }
    if (!this.isStopped) this.timer = setTimeout(() => this.start(), everyMs);
  }
}
