import { Inject, Injectable } from '@nestjs/common';
import { silentAfterMs, type Queryable } from '@holdfast/queue';
import type pg from 'pg';
import { OPERATOR_POOL } from '../http/tenant-database';
import type { NodeStatus } from './status.dto';

/** Without one of each of these, something that a tenant was promised does not happen. */
const neededPrograms = ['smtp-ingress', 'relay', 'sentinel'] as const;

/** A worker that was taken out of service is no news after this long. */
const forgetAfter = '1 hour';

/** Knows whether everything works that a tenant needs: Postgres answers, and the other programs say that they are well. */
@Injectable()
export class Readiness {
  constructor(@Inject(OPERATOR_POOL) private readonly pool: pg.Pool) {}

  async check(): Promise<{ ready: boolean; reasons: string[] }> {
    try {
      return judge(await readPrograms(this.pool));
    } catch {
      return { ready: false, reasons: ['Postgres does not answer.'] };
    }
  }
}

/** The programs that were there in the last hour, each with its health; silence makes it unready. */
export async function readPrograms(db: Queryable): Promise<NodeStatus[]> {
  const { rows } = await db.query<NodeStatus & { silent_seconds: number }>(
    `select node, program, worker, pid, is_ready as ready, reasons, facts, started_at as "startedAt", seen_at as "seenAt",
       extract(epoch from now() - seen_at)::int as silent_seconds
     from programs where seen_at > now() - interval '${forgetAfter}' order by node, program, worker`,
  );
  return rows.map(({ silent_seconds, ...program }) =>
    silent_seconds * 1000 < silentAfterMs
      ? program
      : { ...program, ready: false, reasons: [`it has been silent for ${silent_seconds} seconds`] },
  );
}

/** Ready when one of each needed program is; whatever else is unwell is said all the same. */
export function judge(programs: NodeStatus[]): { ready: boolean; reasons: string[] } {
  const reasons: string[] = [];
  let ready = true;
  for (const needed of neededPrograms) {
    const all = programs.filter(({ program }) => program === needed);
    if (!all.some((program) => program.ready)) {
      ready = false;
      if (all.length === 0) reasons.push(`${needed} is not running.`);
    }
    for (const { node, worker, reasons: own, ready: isWell } of all) {
      if (!isWell && own.length === 0) reasons.push(`${needed} ${worker} on ${node} is not ready.`);
      for (const reason of own) reasons.push(`${needed} ${worker} on ${node}: ${reason}`);
    }
  }
  return { ready, reasons };
}
