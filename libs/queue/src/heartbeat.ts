import type { Queryable } from './queryable';

export interface Heartbeat {
  node: string;
  program: 'api' | 'smtp-ingress' | 'relay' | 'sentinel';
  worker: number;
  pid: number;
  isReady: boolean;
  reasons: string[];
  /** figures that `holdfast status` shows for this program, such as the registrar's backlog */
  facts: Record<string, unknown>;
  startedAt: Date;
}

/** How often a program says that it is alive, and after how long its silence means that it is not. */
export const heartbeatEveryMs = 2_000;
export const silentAfterMs = 10_000;

/** Says that a program runs and how it is. */
export async function heartbeat(db: Queryable, beat: Heartbeat): Promise<void> {
  await db.query({
    name: 'heartbeat',
    text: `
      insert into programs (node, program, worker, pid, is_ready, reasons, facts, started_at, seen_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, now())
      on conflict (node, program, worker) do update set pid = excluded.pid, is_ready = excluded.is_ready, reasons = excluded.reasons,
        facts = excluded.facts, started_at = excluded.started_at, seen_at = now()`,
    values: [
      beat.node,
      beat.program,
      beat.worker,
      beat.pid,
      beat.isReady,
      JSON.stringify(beat.reasons),
      JSON.stringify(beat.facts),
      beat.startedAt,
    ],
  });
}
