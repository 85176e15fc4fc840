import type { Queryable } from '@holdfast/queue';
import { isUuid } from '../http/page';
import { limitsObjectOf, limitsOf } from '../plans/limit-columns';
import type { Tenant } from './tenants.dto';

const tenantSql = `
  select t.id, t.name, t.is_suspended as suspended, ${limitsOf('t')}, ${limitsObjectOf('l')} as limits,
    (select p.name from plans p where p.id = t.plan_id) as plan,
    (select json_build_object('messages', coalesce(sum(c.held + c.sending + c.quarantined), 0), 'bytes', coalesce(sum(c.held_bytes), 0))
     from domain_counters c where c.tenant_id = t.id) as held, t.created_at as "createdAt",
    coalesce((
      select json_agg(json_build_object('email', c.email, 'verifiedAt', c.verified_at) order by c.email) from contacts c where c.tenant_id = t.id
    ), '[]') as contacts
  from tenants t join tenant_limits l on l.tenant_id = t.id`;

/** A page of tenants by name, and one more when there is more. */
export async function listTenants(
  db: Queryable,
  page: { limit: number; after?: string | undefined },
): Promise<Tenant[]> {
  const { rows } = await db.query<Tenant>(
    `${tenantSql} where ($1::text is null or t.name > $1) order by t.name limit $2`,
    [page.after ?? null, page.limit + 1],
  );
  return rows;
}

/** A tenant that `db` may see, by its id or its name. */
export async function findTenant(db: Queryable, idOrName: string): Promise<Tenant | undefined> {
  const { rows } = await db.query<Tenant>(
    `${tenantSql} where ${isUuid(idOrName) ? 't.id = $1' : 't.name = $1'}`,
    [idOrName],
  );
  return rows[0];
}
