import type pg from 'pg';
import { outageRef, tellOutages, tellPrimaries, type OutageRef } from './tell';

export interface Beginning {
  domainId: string;
  /** the first bad probe */
  beganAt: Date;
  noticedAt: Date;
  cause: string;
  /** where its primaries were looked for */
  addresses: string[];
}

/**
 * Opens an outage for each of these domains that has none open; another sentinel may have done so at the same moment, and then
 * this does nothing. What is held already counts among what the outage absorbs.
 */
export async function openOutages(db: pg.PoolClient, beginnings: Beginning[]): Promise<OutageRef[]> {
  const { rows } = await db.query<OutageRef>({
    name: 'open-outages',
    text: `
      insert into outages (tenant_id, domain_id, began_at, noticed_at, cause, received_before, delivered_before, messages_held,
        primary_addresses)
      select c.tenant_id, c.domain_id, b.began_at, b.noticed_at, b.cause, c.received - c.held - c.sending, c.delivered, c.held + c.sending,
        string_to_array(b.addresses, ' ')::inet[]
      from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::text[], $5::text[])
        as b (domain_id, began_at, noticed_at, cause, addresses)
      join domain_counters c on c.domain_id = b.domain_id
      order by c.domain_id
      on conflict (domain_id) where ended_at is null do nothing
      returning ${outageRef}`,
    values: [
      beginnings.map(({ domainId }) => domainId),
      beginnings.map(({ beganAt }) => beganAt),
      beginnings.map(({ noticedAt }) => noticedAt),
      beginnings.map(({ cause }) => cause),
      beginnings.map(({ addresses }) => addresses.join(' ')),
    ],
  });
  await tellOutages(db, rows);
  await tellPrimaries(
    db,
    rows.map(({ domainId }) => domainId),
    false,
  );
  return rows;
}

/**
 * Keeps the numbers of open outages, and of closed ones that still drain.
 * @param domainIds only of these; null: all
 */
export async function countOutages(db: pg.Pool, domainIds: string[] | null): Promise<OutageRef[]> {
  const { rows } = await db.query<OutageRef>({
    name: 'count-outages',
    text: `
      with now_known as (
        select o.id,
          case when o.ended_at is null then greatest(o.messages_held, c.received - o.received_before) else o.messages_held end as held,
          greatest(0, c.delivered - o.delivered_before) as delivered
        from outages o join domain_counters c on c.domain_id = o.domain_id
        where o.drained_at is null and ($1::uuid[] is null or o.domain_id = any($1))
      ), changed as (
        select o.id, k.held, least(k.held, k.delivered) as delivered
        from outages o join now_known k using (id)
        where o.messages_held <> k.held or o.messages_delivered <> least(k.held, k.delivered)
        for update of o skip locked
      )
      update outages set messages_held = changed.held, messages_delivered = changed.delivered
      from changed where outages.id = changed.id
      returning ${outageRef}`,
    values: [domainIds],
  });
  await tellOutages(db, rows);
  return rows;
}
