import { endWaiting } from './levers';
import { nowOr, type AsOf } from './now';
import type { Queryable } from './queryable';

/**
 * Ends what has waited longer than its tenant's retention, whatever it waits for: quarantined, parked and held alike. At most a
 * thousand at a time, so that the statement stays short when a large queue comes of age.
 * @returns ids of the deliveries that expired; call again until there are none
 */
export async function expireDue(
  db: Queryable,
  node: string,
  asOf?: AsOf,
): Promise<{ id: string; messageId: string; domainId: string }[]> {
  const { rows } = await db.query<{ id: string; messageId: string; domainId: string }>(expireSql, [
    node,
    asOf ?? null,
  ]);
  return rows;
}

const expireSql = endWaiting(
  'expired',
  `d.id in (select id from deliveries where node = $1 and expires_at <= ${nowOr('$2')} and state in ('held', 'quarantined') order by expires_at limit 1000 for update skip locked)`,
  'Nobody took it within its retention',
  `select id, message_id as "messageId", domain_id as "domainId" from changed`,
  nowOr('$2'),
);
