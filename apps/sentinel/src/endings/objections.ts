import type pg from 'pg';

export interface PrimaryObjection {
  domainId: string;
  tenantId: string;
  tenant: string;
  domain: string;
  /** names the kind and its beginning, once */
  about: string;
  reply: string;
  saidBy: string;
  beganAt: Date;
  times: number;
  waiting: number;
}

const mostAtOnce = 200;

/**
 * What primaries object to and nobody was told of. It waits ten minutes, in which somebody who is just setting a server up may be done;
 * and where a wave is open its people know already.
 */
export async function untoldObjections(pool: pg.Pool, now: Date): Promise<PrimaryObjection[]> {
  const { rows } = await pool.query<PrimaryObjection>({
    name: 'untold-objections',
    text: `
      select * from (
        select o.domain_id as "domainId", o.tenant_id as "tenantId", t.name as tenant, d.name as domain, o.reply, o.said_by as "saidBy",
          o.began_at as "beganAt", o.times, c.held + c.sending as waiting,
          o.rule || '.' || o.domain_id || '.' || floor(extract(epoch from o.began_at))::bigint as about
        from primary_objections o
        join domains d on d.id = o.domain_id
        join tenants t on t.id = o.tenant_id
        join domain_counters c on c.domain_id = o.domain_id
        where o.last_at > $1::timestamptz - interval '1 day' and o.began_at < $1::timestamptz - interval '10 minutes' and c.held + c.sending > 0
          and exists (select from contacts where tenant_id = o.tenant_id and verified_at is not null)
          and not exists (select from refusal_waves w where w.domain_id = o.domain_id and w.decision is null)
      ) o
      where not exists (select from notifications n where n.tenant_id = o."tenantId" and n.fact = 'primary-objects ' || o.about)
      order by "beganAt" limit ${mostAtOnce}`,
    values: [now],
  });
  return rows;
}
