import type { Clock, Log } from '@holdfast/daemon';
import type pg from 'pg';
import { Errand } from '../errand';
import { logWritten } from '../notifications/log-written';
import { tellLevel } from '../notifications/tell-level';
import { inTransaction } from '@holdfast/database';
import { fillingQueues, type FillingQueue } from './filling-queues';
import { levelOf, type Level } from './level';

export interface LevelsParts {
  pool: pg.Pool;
  clock: Clock;
  log: Log;
  hostname: string;
  /** the provider's, where neither tenant nor plan has one; null: no limit */
  usual: { maxMessages: number | null; maxBytes: number | null };
  onPostgres(isThere: boolean, error?: unknown): void;
}

/** One question over counters that are kept. A queue that fills in less is told this much late. */
const everyMs = 5_000;

/** Watches how full the tenants' queues are, and tells them when it is nearly full, and when it is. */
export class Levels {
  private readonly errand: Errand;

  constructor(private readonly parts: LevelsParts) {
    this.errand = new Errand({
      clock: parts.clock,
      run: () => this.round(),
      everyMs,
      onDone: () => parts.onPostgres(true),
      onError: (error) => parts.onPostgres(false, error),
    });
  }

  begin(): void {
    this.errand.ask();
  }

  stop(): Promise<void> {
    return this.errand.stop();
  }

  private async round(): Promise<void> {
    for (const queue of await fillingQueues(this.parts.pool, this.parts.usual)) {
      const level = levelOf(queue, queue.level);
      if (level !== queue.level) await this.move(queue, level);
    }
  }

  /** Moves the level and writes the notification in one transaction: told once, or not moved. */
  private async move(queue: FillingQueue, level: Level): Promise<void> {
    const { pool, clock, hostname, log } = this.parts;
    const now = new Date(clock.now());
    const written = await inTransaction(pool, async (db) => {
      const { rows } = await db.query<{ crossing: string }>({
        name: 'move-level',
        // Another sentinel may have moved it meanwhile; then there is nothing to do.
        text: `insert into queue_levels as known (tenant_id, level, crossing, crossed_at) values ($1, $3, gen_random_uuid(), $4)
          on conflict (tenant_id) do update set level = excluded.level, crossing = excluded.crossing, crossed_at = excluded.crossed_at
            where known.level = $2
          returning crossing`,
        values: [queue.tenantId, queue.level, level, now],
      });
      const [moved] = rows;
      if (!moved || level < queue.level) return [];
      return tellLevel(db, { queue, level, crossing: moved.crossing, now, hostname });
    });
    log('queue-level-changed', { tenantId: queue.tenantId, level, before: queue.level });
    logWritten(log, written);
  }
}
