import type pg from 'pg';
import type { Episode } from '../outages/drain';
import { allDelivered } from './all-delivered';
import { holdingBegan } from './holding-began';
import { factName, writeToContacts, writeToWhoeverWasTold, type Fact, type Written } from './write';

/** Enough for one transaction; the rest is found by the next call. */
const mostAtOnce = 200;

interface Row {
  id: string;
  tenant_id: string;
  tenant: string;
  domain: string;
  began_at: Date;
  cause: string;
  waiting: number;
  retention_days: number;
  primaries: string[] | null;
  oldest_expires_at: Date | null;
}

/**
 * Writes the first mail for each open outage that holds mail and has not been told. While an earlier outage of the domain still
 * drains this one continues its episode, whose people know already.
 * @param among only these; null: all
 */
export async function tellHoldingBegan(
  db: pg.PoolClient,
  { hostname, now, among }: { hostname: string; now: Date; among: { id: string }[] | null },
): Promise<Written[]> {
  const { rows } = await db.query<Row>({
    name: 'outages-to-tell',
    text: `
      select o.id, o.tenant_id, t.name as tenant, d.name as domain, o.began_at, o.cause, c.held + c.sending as waiting, l.retention_days,
        (select array_agg(host || ':' || port order by preference, host, port) from primaries where domain_id = d.id) as primaries,
        (select expiry_of(w.id, w.expires_at, l.retention_days) from deliveries w where w.domain_id = d.id and w.state in ('held', 'sending') order by w.id limit 1) as oldest_expires_at
      from outages o
      join domain_counters c on c.domain_id = o.domain_id
      join domains d on d.id = o.domain_id
      join domain_limits l on l.domain_id = o.domain_id
      join tenants t on t.id = o.tenant_id
      where o.ended_at is null and o.drained_at is null and ($1::uuid[] is null or o.id = any($1)) and c.held + c.sending > 0
        and exists (select from contacts where tenant_id = o.tenant_id and verified_at is not null)
        and not exists (
          select from outages e join notifications n on n.tenant_id = e.tenant_id and n.fact = 'holding-began ' || e.id
          where e.domain_id = o.domain_id and e.drained_at is null
        )
      order by o.id limit ${mostAtOnce}
      for update of o skip locked`,
    values: [among?.map(({ id }) => id) ?? null],
  });
  const facts = rows.map((row): Fact => {
    const letter = holdingBegan({
      domain: row.domain,
      tenant: row.tenant,
      beganAt: row.began_at,
      cause: row.cause,
      waiting: row.waiting,
      retentionDays: row.retention_days,
      primaries: row.primaries ?? [],
      oldestExpiresAt: row.oldest_expires_at,
    });
    return { kind: 'holding-began', tenantId: row.tenant_id, outageId: row.id, letter, now, hostname };
  });
  return writeToContacts(db, facts);
}

/** Writes the last mail of an episode, to whoever got its first. */
export async function tellAllDelivered(
  db: pg.PoolClient,
  episode: Episode,
  hostname: string,
): Promise<Written[]> {
  const { rows } = await db.query<{ outage: string; tenant: string }>(
    `select n.outage_id as outage, t.name as tenant
     from notifications n join tenants t on t.id = n.tenant_id
     where n.tenant_id = $1 and n.fact = any($2::text[]) order by n.created_at limit 1`,
    [episode.head.tenantId, episode.outages.map(({ id }) => factName('holding-began', id))],
  );
  const told = rows[0];
  if (!told) return [];
  const letter = allDelivered({ ...episode, domain: episode.head.domain, tenant: told.tenant });
  return writeToWhoeverWasTold(db, {
    kind: 'all-delivered',
    tenantId: episode.head.tenantId,
    outageId: told.outage,
    letter,
    now: episode.drainedAt,
    hostname,
  });
}
