import type pg from 'pg';
import type { FillingQueue } from '../levels/filling-queues';
import type { Level } from '../levels/level';
import { queueFull } from './queue-full';
import { queueNearlyFull } from './queue-nearly-full';
import { writeToContacts, type Written } from './write';

/** Writes the mail for a queue that rose to a level. */
export function tellLevel(
  db: pg.PoolClient,
  told: { queue: FillingQueue; level: Level; crossing: string; now: Date; hostname: string },
): Promise<Written[]> {
  const { queue, level, crossing, now, hostname } = told;
  const isFull = level === 100;
  return writeToContacts(db, [
    {
      kind: isFull ? 'queue-full' : 'queue-nearly-full',
      tenantId: queue.tenantId,
      outageId: null,
      about: crossing,
      letter: isFull ? queueFull({ ...queue, at: now }) : queueNearlyFull({ ...queue, at: now }),
      now,
      hostname,
    },
  ]);
}
