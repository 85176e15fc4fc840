import type pg from 'pg';

/** How long before the end a tenant hears of it; docs/retries.md has the same. The nearer one first: it says all that the other would. */
export const warningHours = [24, 72] as const;
export type WarningHours = (typeof warningHours)[number];

/** A warning tells of what ends within its hours, and of what follows within a day, so that the next one is a day away. */
const coversMs = 24 * 3_600_000;
const mostAtOnce = 200;

export interface DomainToWarn {
  domainId: string;
  tenantId: string;
  tenant: string;
  domain: string;
  retentionDays: number;
  toldUntil: Date | null;
}

export interface Expiring {
  /** what ends until then is counted */
  until: Date;
  messages: number;
  bytes: number;
  /** of those, held by a person's word */
  parked: number;
  /** beside those */
  quarantined: number;
  oldestAt: Date;
  /** of the oldest; null: no attempt was made, because the primary could not be reached */
  lastReply: string | null;
}

/**
 * Domains that hold mail which ends within so many hours and of which nobody was told. Spam in quarantine alone is no reason for a
 * mail: some of it ends every day. Once told, a domain is not looked at again before the time that was covered has come near.
 */
export async function toWarn(pool: pg.Pool, hours: WarningHours, now: Date): Promise<DomainToWarn[]> {
  const { rows } = await pool.query<DomainToWarn>({
    name: 'domains-to-warn',
    // Ids sort by time: what may end soon is a range of the index by domain.
    text: `
      select d.id as "domainId", d.tenant_id as "tenantId", t.name as tenant, d.name as domain, l.retention_days as "retentionDays",
        u.until as "toldUntil"
      from domain_counters c
      join domains d on d.id = c.domain_id
      join tenants t on t.id = d.tenant_id
      join domain_limits l on l.domain_id = d.id
      left join told_until u on u.domain_id = d.id and u.what = $3
      where c.held + c.sending > 0 and l.retention_days * 24 > $2 and (u.until is null or u.until < $1::timestamptz + $2 * interval '1 hour')
        and exists (select from contacts where tenant_id = d.tenant_id and verified_at is not null)
        and exists (
          select from deliveries w
          where w.domain_id = d.id and w.state in ('held', 'sending')
            and w.id < first_id_at($1::timestamptz + $2 * interval '1 hour' - l.retention_days * interval '24 hours')
            and expiry_of(w.id, w.expires_at, l.retention_days) <= $1::timestamptz + $2 * interval '1 hour'
            and (u.until is null or expiry_of(w.id, w.expires_at, l.retention_days) > u.until)
        )
      order by d.id limit ${mostAtOnce}`,
    values: [now, hours, `expiry-${hours}`],
  });
  return rows;
}

/** Counts what a warning tells of. */
export async function readExpiring(
  db: pg.PoolClient,
  { domainId, retentionDays }: DomainToWarn,
  hours: WarningHours,
  now: Date,
): Promise<Expiring> {
  const until = new Date(now.getTime() + hours * 3_600_000 + coversMs);
  const { rows } = await db.query<Omit<Expiring, 'until'>>({
    name: 'read-expiring',
    text: `
      select count(*) filter (where state <> 'quarantined')::int as messages,
        coalesce(sum(bytes) filter (where state <> 'quarantined'), 0)::bigint as bytes,
        count(*) filter (where is_parked)::int as parked, count(*) filter (where state = 'quarantined')::int as quarantined,
        min(expiry) filter (where state <> 'quarantined') as "oldestAt",
        (array_agg(last_reply order by id) filter (where state <> 'quarantined'))[1] as "lastReply"
      from (
        select *, expiry_of(id, expires_at, $2) as expiry from deliveries
        where domain_id = $1 and id < first_id_at($3::timestamptz - $2 * interval '24 hours')
      ) w where expiry <= $3`,
    values: [domainId, retentionDays, until],
  });
  return { until, ...(rows[0] as Omit<Expiring, 'until'>) };
}
