import type pg from 'pg';

export interface FailedDomain {
  domainId: string;
  tenantId: string;
  tenant: string;
  domain: string;
  toldUntil: Date | null;
}

export interface Failures {
  since: Date;
  refused: number;
  expired: number;
  /** of both together, whose senders were told */
  told: number;
  /** what the primary said to refusals, the most frequent first */
  replies: { reply: string; times: number }[];
}

const mostAtOnce = 200;

/**
 * Domains of which mail was refused or given up and nobody was told. The first mail waits ten minutes for what belongs to it; the next
 * one is a day away. What lies longer back than a week nobody needs to hear any more.
 */
export async function domainsThatFailed(pool: pg.Pool, now: Date): Promise<FailedDomain[]> {
  const { rows } = await pool.query<FailedDomain>({
    name: 'domains-that-failed',
    text: `
      select d.id as "domainId", d.tenant_id as "tenantId", t.name as tenant, d.name as domain, u.until as "toldUntil"
      from (
        select domain_id, min(settled_at) as first_at, max(settled_at) as last_at from reports
        where settled_at > $1::timestamptz - interval '7 days' and outcome in ('refused', 'expired') group by domain_id
      ) f
      join domains d on d.id = f.domain_id
      join tenants t on t.id = d.tenant_id
      left join told_until u on u.domain_id = d.id and u.what = 'failures'
      where (u.until is null and f.first_at < $1::timestamptz - interval '10 minutes' or u.until < f.last_at and u.until < $1::timestamptz - interval '1 day')
        and exists (select from contacts where tenant_id = d.tenant_id and verified_at is not null)
      order by d.id limit ${mostAtOnce}`,
    values: [now],
  });
  return rows;
}

export async function readFailures(
  db: pg.PoolClient,
  { domainId, toldUntil }: FailedDomain,
  now: Date,
): Promise<Failures> {
  const values = [domainId, toldUntil ?? new Date(now.getTime() - 7 * 86_400_000), now];
  const { rows } = await db.query<Omit<Failures, 'replies'>>({
    name: 'read-failures',
    text: `
      select min(settled_at) as since, count(*) filter (where outcome = 'refused')::int as refused,
        count(*) filter (where outcome = 'expired')::int as expired, count(report_id)::int as told
      from reports where domain_id = $1 and settled_at > $2 and settled_at <= $3 and outcome in ('refused', 'expired')`,
    values,
  });
  const replies = await db.query<Failures['replies'][number]>({
    name: 'read-failure-replies',
    text: `
      select left(s.last_reply, 500) as reply, count(*)::int as times
      from reports r join settled_deliveries s on s.id = r.delivery_id
      where r.domain_id = $1 and r.settled_at > $2 and r.settled_at <= $3 and r.outcome = 'refused'
      group by 1 order by 2 desc, 1 limit 5`,
    values,
  });
  return { ...(rows[0] as Omit<Failures, 'replies'>), replies: replies.rows };
}
