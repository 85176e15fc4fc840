/**
 * When is an outage over for the tenant? When all that it left with us has reached an end: nothing that was received before the
 * primary came back is held or being sent any more. What a person holds back by hand is that person's; it keeps nobody waiting.
 *
 * Outages of a domain between which the queue never drained (a primary that comes and goes) belong together: one *episode*. It
 * drains as a whole, and its people are told once.
 */
import { newMessageId } from '@holdfast/mail';
import type pg from 'pg';
import { outageRef, tellOutages, type OutageRef } from './tell';

/** What became of what an episode absorbed. */
export interface Episode {
  /** the first of its outages, where its thread of notifications begins */
  head: OutageRef;
  outages: OutageRef[];
  beganAt: Date;
  endedAt: Date;
  drainedAt: Date;
  delivered: number;
  refused: number;
  expired: number;
  discarded: number;
  /** still here by a person's word */
  parked: number;
}

/**
 * Domains whose outages have ended and may have drained.
 * @param isThorough also those of which the counters say that more waits than has come since; some of that may be held back by
 *   hand. Rarely: with a million held messages it means reading a long index.
 */
export async function domainsToDrain(pool: pg.Pool, isThorough: boolean): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>({
    name: 'domains-to-drain',
    text: `
      select o.domain_id as id from outages o join domain_counters c on c.domain_id = o.domain_id
      where o.drained_at is null
      group by o.domain_id
      having bool_and(o.ended_at is not null)
        and ($1 or min(c.held + c.sending) <= min(c.received) - max(o.received_before + o.messages_held))`,
    values: [isThorough],
  });
  return rows.map(({ id }) => id);
}

/**
 * The registrar writes in batches. Mail that was accepted in the outage's last moment may reach Postgres a moment after its end,
 * and must not arrive behind our word that all is delivered.
 */
const registrarsNeedMs = 1_000;

/**
 * Marks the domain's outages as drained if that is what they are.
 * @returns undefined when mail of theirs still waits, or another sentinel is at it
 */
export async function drainOutages(
  db: pg.PoolClient,
  domainId: string,
  now: Date,
): Promise<Episode | undefined> {
  const { rows: outages } = await db.query<OutageRef & { beganAt: Date; endedAt: Date | null }>(
    `select ${outageRef}, began_at as "beganAt", ended_at as "endedAt"
     from outages where domain_id = $1 and drained_at is null order by began_at, id for update`,
    [domainId],
  );
  const [head] = outages;
  if (!head) return undefined;
  const ends = outages.map(({ endedAt }) => endedAt?.getTime() ?? Infinity);
  const endedAt = Math.max(...ends);
  if (now.getTime() - endedAt < registrarsNeedMs) return undefined;
  const { rows: waiting } = await db.query<{ is_waiting: boolean }>(
    `select exists (
       select from deliveries where domain_id = $1 and id < $2 and state in ('held', 'sending') and not is_parked
     ) as is_waiting`,
    [domainId, firstIdAfter(endedAt)],
  );
  if (waiting[0]?.is_waiting !== false) return undefined;

  for (const { id, beganAt, endedAt: itsEnd } of outages) {
    await db.query(
      `update outages set drained_at = $2, messages_delivered = (
         select count(*) from settled_deliveries
         where domain_id = $3 and id < $4 and settled_at >= $5 and state = 'delivered'
       ) where id = $1`,
      [id, now, domainId, firstIdAfter(itsEnd?.getTime() ?? endedAt), beganAt],
    );
  }
  const { rows: ended } = await db.query<Record<'delivered' | 'refused' | 'expired' | 'discarded', number>>(
    `select count(*) filter (where state = 'delivered') as delivered, count(*) filter (where state = 'refused') as refused,
       count(*) filter (where state = 'expired') as expired, count(*) filter (where state = 'discarded') as discarded
     from settled_deliveries where domain_id = $1 and id < $2 and settled_at >= $3`,
    [domainId, firstIdAfter(endedAt), head.beganAt],
  );
  const { rows: parked } = await db.query<{ n: number }>(
    `select count(*) as n from deliveries where domain_id = $1 and id < $2 and state = 'held' and is_parked`,
    [domainId, firstIdAfter(endedAt)],
  );
  await tellOutages(db, outages);
  const counts = ended[0] ?? { delivered: 0, refused: 0, expired: 0, discarded: 0 };
  return {
    head,
    outages,
    beganAt: head.beganAt,
    endedAt: new Date(endedAt),
    drainedAt: now,
    ...counts,
    parked: parked[0]?.n ?? 0,
  };
}

/** Ids sort by time (RFC 9562 section 5.7): everything received until `ms` is below this. */
function firstIdAfter(ms: number): string {
  return `${newMessageId(ms + 1).slice(0, 13)}-7000-8000-000000000000`;
}
