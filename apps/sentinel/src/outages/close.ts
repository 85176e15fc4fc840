import type pg from 'pg';
import { outageRef, tellOutages, tellPrimaries, type OutageRef } from './tell';

export interface Ended extends OutageRef {
  beganAt: Date;
  messagesHeld: number;
}

/**
 * Ends the open outages of these domains, and tells the relay, which waits for it.
 * @param alsoTell domains without an open outage of which the relay should hear all the same that their primary is there
 */
export async function closeOutages(
  db: pg.PoolClient,
  { ends, alsoTell }: { ends: { domainId: string; endedAt: Date }[]; alsoTell: string[] },
): Promise<Ended[]> {
  const { rows } = await db.query<Ended>({
    name: 'close-outages',
    text: `
      update outages set ended_at = greatest(e.ended_at, began_at), messages_held = greatest(messages_held, c.received - received_before)
      from unnest($1::uuid[], $2::timestamptz[]) as e (domain_id, ended_at)
      join domain_counters c on c.domain_id = e.domain_id
      where outages.domain_id = e.domain_id and outages.ended_at is null
      returning ${outageRef}, began_at as "beganAt", messages_held as "messagesHeld"`,
    values: [ends.map(({ domainId }) => domainId), ends.map(({ endedAt }) => endedAt)],
  });
  await tellOutages(db, rows);
  await tellPrimaries(db, [...new Set([...rows.map(({ domainId }) => domainId), ...alsoTell])], true);
  return rows;
}
