/**
 * Mail whose domain is gone: it was accepted, and its domain was removed before it was registered or delivered, or Postgres was restored
 * from a copy that does not know the domain. No lane leads anywhere for it, so it must be looked for.
 */
import type { Expired } from './expire';
import { endWaiting } from './levers';
import { nowOr, type AsOf } from './now';
import type { Queryable } from './queryable';

/** Ids of domains that are no more and have mail here. */
export async function orphanedDomains(db: Queryable): Promise<string[]> {
  // From one domain to the next by the index: as many steps as there are domains with mail, however much mail there is.
  const { rows } = await db.query<{ domain_id: string }>({
    name: 'orphaned-domains',
    text: `
      with recursive waiting as (
        (select domain_id from deliveries order by domain_id limit 1)
        union all
        select (select d.domain_id from deliveries d where d.domain_id > w.domain_id order by d.domain_id limit 1)
        from waiting w where w.domain_id is not null
      )
      select w.domain_id from waiting w
      where w.domain_id is not null and not exists (select from domains where id = w.domain_id)
        and not exists (select from report_destinations r where r.domain_id = w.domain_id)`,
  });
  return rows.map(({ domain_id }) => domain_id);
}

/**
 * Gives mail without a domain to the domain of the same name that its tenant has by now: somebody added it again.
 * @returns how many deliveries moved
 */
export async function adoptOrphans(db: Queryable, domainId: string): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    `with changed as (
       update deliveries d set domain_id = home.id from domains home
       where d.domain_id = $1 and d.state in ('held', 'quarantined') and home.tenant_id = d.tenant_id
         and home.name = substring(d.recipient from '[^@]*$') and not exists (select from domains where id = $1)
       returning d.domain_id, d.bytes, d.state
     ), moved as (
       select domain_id, count(*) as n, count(*) filter (where state = 'held') as held,
         coalesce(sum(bytes) filter (where state = 'held'), 0) as held_bytes, count(*) filter (where state = 'quarantined') as quarantined
       from changed group by domain_id
     ), locked as materialized (
       select domain_id from domain_counters where domain_id in (select domain_id from moved) order by domain_id for update
     ), counted as (
       update domain_counters c set received = c.received + m.n, held = c.held + m.held, held_bytes = c.held_bytes + m.held_bytes,
         quarantined = c.quarantined + m.quarantined
       from moved m join locked using (domain_id) where c.domain_id = m.domain_id
     )
     select coalesce(sum(n), 0)::int as n from moved`,
    [domainId],
  );
  return rows[0]?.n ?? 0;
}

/**
 * Ends what has waited for a day for a domain that is not ours any more: its tenant took the domain away. The sender is told where that is no backscatter.
 * @returns what ended; call again until nothing does
 */
export async function endOrphans(
  db: Queryable,
  { domainId, node, asOf }: { domainId: string; node: string; asOf?: AsOf },
): Promise<Expired[]> {
  const { rows } = await db.query<Expired>({
    name: 'end-orphans',
    text: orphanSql,
    values: [domainId, node, asOf ?? null],
  });
  return rows;
}

const orphanSql = endWaiting(
  'discarded',
  `d.id in (
     select d.id from deliveries d
     where d.domain_id = $1 and d.node = $2 and d.state in ('held', 'quarantined') and not exists (select from domains where id = $1)
       and d.id < first_id_at(${nowOr('$3')} - interval '1 day')
     order by d.id limit 1000 for update skip locked)`,
  'Its domain was removed from here while it waited',
  `select id, message_id as "messageId", domain_id as "domainId" from changed`,
  { at: nowOr('$3'), reportedBy: '$2', isReasonLast: true },
);
