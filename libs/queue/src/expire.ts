/**
 * Ends what has waited longer than its retention, whatever it waits for: held, deferred, parked and quarantined alike. What is being
 * sent is not ended; when its lease has run out it is freed, and comes here after that.
 */
import { endWaiting } from './levers';
import { nowOr, type AsOf } from './now';
import type { Queryable } from './queryable';

export interface Expired {
  id: string;
  messageId: string;
  domainId: string;
}

/** A domain of which something may be too old. */
export interface DomainToExpire {
  domainId: string;
  retentionDays: number;
}

/**
 * Domains that have something too old. Ids sort by time, so what is older than the retention of today is a range of an index; a
 * million deliveries that are not yet old cost nothing. A retention that was made longer holds what waits already; one that was made
 * shorter takes nothing back that was agreed (`expires_at`). Reports to senders have what was agreed alone.
 */
export async function domainsToExpire(db: Queryable, asOf?: AsOf): Promise<DomainToExpire[]> {
  const { rows } = await db.query<DomainToExpire>({
    name: 'domains-to-expire',
    text: `
      select c.domain_id as "domainId", l.retention_days as "retentionDays"
      from domain_counters c join domain_limits l on l.domain_id = c.domain_id
      where (c.held > 0 or c.quarantined > 0) and exists (select from deliveries d where d.domain_id = c.domain_id and ${isTooOld('l.retention_days', '$1')})
      union all
      select r.domain_id, 0 from report_destinations r
      where exists (select from deliveries d where d.domain_id = r.domain_id and ${isTooOld('0', '$1')})`,
    values: [asOf ?? null],
  });
  return rows;
}

/**
 * Gives up a domain's mail that is too old, at most a thousand at a time so that the statement stays short. It is the node's own; what
 * another node should have given up a day ago, too, because that one may never come back.
 * @returns what expired; call again until nothing does
 */
export async function expireDue(
  db: Queryable,
  { domainId, retentionDays, node, asOf }: DomainToExpire & { node: string; asOf?: AsOf },
): Promise<Expired[]> {
  const { rows } = await db.query<Expired>({
    name: 'expire-due',
    text: expireSql,
    values: [domainId, retentionDays, node, asOf ?? null],
  });
  return rows;
}

function isTooOld(days: string, now: string): string {
  return `d.id < first_id_at(${nowOr(now)} - ${days} * interval '24 hours') and d.expires_at <= ${nowOr(now)}
    and d.state in ('held', 'quarantined')`;
}

const expireSql = endWaiting(
  'expired',
  `d.id in (
     select d.id from deliveries d
     where d.domain_id = $1 and ${isTooOld('$2::int', '$4')} and (d.node = $3 or d.expires_at <= ${nowOr('$4')} - interval '1 day')
     order by d.id limit 1000 for update skip locked)`,
  'Nobody took it within its retention',
  `select id, message_id as "messageId", domain_id as "domainId" from changed`,
  { at: nowOr('$4'), reportedBy: '$3' },
);
