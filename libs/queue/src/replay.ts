/**
 * Sends again what a primary took and then lost. Settling writes a row in `kept_copies` where the domain keeps delivered mail; the body
 * stays in the spool for as long as the row is there. A replay makes a new delivery of the same message, with the next number, and
 * takes the row away: nothing is sent again twice by two clicks.
 */
import { nowOr, type AsOf } from './now';
import type { Queryable } from './queryable';

/** Which copies: of some deliveries, or of a domain within a time of delivery. Exactly one of the two. */
export type ReplaySelection = { deliveries: string[] } | { domainId: string; since?: Date; until?: Date };

/** SQL: copies of what `changed` delivered, where the domain keeps them. */
export const insertCopies = (at: string): string => `
  insert into kept_copies (delivery_id, message_id, tenant_id, domain_id, node, bytes, delivered_at, kept_until)
  select c.id, c.message_id, c.tenant_id, c.domain_id, c.node, c.bytes, ${at}, ${at} + k.keep_delivered_hours * interval '1 hour'
  from changed c join domains k on k.id = c.domain_id
  where c.became = 'delivered' and k.keep_delivered_hours > 0
  on conflict (delivery_id) do nothing`;

/**
 * Makes new deliveries of what was kept, at most five thousand at a time. They are due at once, wait as long as the domain's mail may,
 * count as received and held, and name the delivery that they repeat.
 * @returns how many; call again until there are none
 */
export async function replayDelivered(db: Queryable, which: ReplaySelection, asOf?: AsOf): Promise<number> {
  const byDomain = 'domainId' in which ? which : undefined;
  const { rows } = await db.query<{ n: number }>(replaySql, [
    'deliveries' in which ? which.deliveries : null,
    byDomain?.domainId ?? null,
    byDomain?.since ?? null,
    byDomain?.until ?? null,
    asOf ?? null,
  ]);
  return rows[0]?.n ?? 0;
}

// Two people may replay recipients of one message at the same moment and find the same next number. One of the two then inserts
// nothing, keeps its copy, and succeeds when it is asked again.
const replaySql = `
  with chosen as (
    select k.*, s.recipient, s.notify, s.original_recipient, l.retention_days,
      row_number() over (partition by k.message_id order by k.delivery_id) as place
    from kept_copies k
    join settled_deliveries s on s.id = k.delivery_id
    join domain_limits l on l.domain_id = k.domain_id
    where (k.delivery_id = any($1::uuid[])
        or k.domain_id = $2::uuid and k.delivered_at >= coalesce($3::timestamptz, '-infinity') and k.delivered_at < coalesce($4::timestamptz, 'infinity'))
      and k.kept_until > ${nowOr('$5')}
    order by k.delivery_id limit 5000
  ), numbered as (
    select c.*, c.place + greatest(
      (select given from (select ('x' || right(d.id::text, 4))::bit(16)::int as given from deliveries d
        where d.id > c.message_id and d.id <= (left(c.message_id::text, 32) || 'ffff')::uuid order by d.id desc limit 1) last_waiting),
      (select given from (select ('x' || right(s.id::text, 4))::bit(16)::int as given from settled_deliveries s
        where s.id > c.message_id and s.id <= (left(c.message_id::text, 32) || 'ffff')::uuid order by s.id desc limit 1) last_settled)
    ) as number
    from chosen c
  ), replayed as (
    insert into deliveries (id, message_id, tenant_id, domain_id, node, recipient, bytes, state, next_attempt_at, expires_at, notify,
      original_recipient, replay_of)
    select (left(message_id::text, 32) || lpad(to_hex(number), 4, '0'))::uuid, message_id, tenant_id, domain_id, node, recipient, bytes,
      'held', ${nowOr('$5')}, ${nowOr('$5')} + retention_days * interval '24 hours', notify, original_recipient, delivery_id
    from numbered where number <= 65535
    on conflict (id) do nothing
    returning domain_id, bytes, replay_of
  ), used as (
    delete from kept_copies k using replayed r where k.delivery_id = r.replay_of
  ), moved as (
    select domain_id, count(*) as n, sum(bytes) as bytes from replayed group by domain_id
  ), locked as materialized (
    select domain_id from domain_counters where domain_id in (select domain_id from moved) order by domain_id for update
  ), counted as (
    update domain_counters c set received = c.received + n, held = c.held + n, held_bytes = c.held_bytes + moved.bytes
    from moved join locked using (domain_id) where c.domain_id = moved.domain_id
  )
  select (select count(*) from replayed)::int as n,
    pg_notify('holdfast_registered', json_build_object('domains', (select json_agg(domain_id) from (select domain_id from moved limit 150) few))::text)
`;

/** A domain's copies shall not stay longer than this after their delivery; what is there may go sooner, and nothing later. */
export async function shortenKeeping(db: Queryable, domainId: string, hours: number): Promise<void> {
  await db.query(
    `update kept_copies set kept_until = least(kept_until, delivered_at + $2 * interval '1 hour') where domain_id = $1`,
    [domainId, hours],
  );
}

/**
 * Forgets copies of this node whose hours are over, and those of a node that did not do so for a day; at most a thousand at a time.
 * @param early also those that have hours left, the oldest first: the disk is needed for new mail
 * @returns their messages, whose bodies nobody may need any more; call again until there are none
 */
export async function forgetCopies(
  db: Queryable,
  { node, asOf, early = false }: { node: string; asOf?: AsOf; early?: boolean },
): Promise<string[]> {
  const { rows } = await db.query<{ message_id: string }>(
    `with gone as (
       select delivery_id from kept_copies
       where node = $1 and ($3 or kept_until <= ${nowOr('$2')}) or kept_until <= ${nowOr('$2')} - interval '1 day'
       order by kept_until limit 1000 for update skip locked
     )
     delete from kept_copies k using gone where k.delivery_id = gone.delivery_id returning k.message_id`,
    [node, asOf ?? null, early],
  );
  return rows.map(({ message_id }) => message_id);
}
