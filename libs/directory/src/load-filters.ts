import type pg from 'pg';
import type { TenantFilter } from './tenant-filter';

interface Row extends TenantFilter {
  tenantId: string;
}

/**
 * The wishes of tenants that have any.
 * @param tenants undefined: all of them
 */
export async function loadFilters(pool: pg.Pool, tenants?: string[]): Promise<Map<string, TenantFilter>> {
  const { rows } = await pool.query<Row>(
    `select tenant_id as "tenantId", coalesce(f.spam, 'refuse') as spam, coalesce(f.malware, 'refuse') as malware,
       coalesce(f.blocked, 'refuse') as blocked, coalesce(f.block_list, 'refuse') as "blockList", coalesce(f.own_domain, 'accept') as "ownDomain",
       coalesce(f.unknown_recipient, 'refuse') as "unknownRecipient", f.reject_score as "rejectScore", f.tag_score as "tagScore",
       coalesce(r.allow, '{}') as allow, coalesce(r.block, '{}') as block
     from (select * from tenant_filters where $1::uuid[] is null or tenant_id = any($1::uuid[])) f
     full join (
       select tenant_id, array_agg(pattern) filter (where verdict = 'allow') as allow,
         array_agg(pattern) filter (where verdict = 'block') as block
       from filter_rules where $1::uuid[] is null or tenant_id = any($1::uuid[]) group by tenant_id
     ) r using (tenant_id)`,
    [tenants ?? null],
  );
  return new Map(rows.map(({ tenantId, ...filter }) => [tenantId, filter]));
}
