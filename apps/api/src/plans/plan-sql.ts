import type { Queryable } from '@holdfast/queue';
import { isUuid } from '../http/page';
import { Invalid } from '../http/problem';
import { limitsOf } from './limit-columns';
import type { Plan } from './plans.dto';

const planSql = `
  select p.id, p.name, ${limitsOf('p')}, p.created_at as "createdAt",
    (select count(*) from tenants t where t.plan_id = p.id) as tenants
  from plans p`;

/** A page of plans by name, and one more when there is more. */
export async function listPlans(
  db: Queryable,
  page: { limit: number; after?: string | undefined },
): Promise<Plan[]> {
  const { rows } = await db.query<Plan>(
    `${planSql} where ($1::text is null or p.name > $1) order by p.name limit $2`,
    [page.after ?? null, page.limit + 1],
  );
  return rows;
}

/** A plan that `db` may see, by its id or its name. */
export async function findPlan(db: Queryable, idOrName: string): Promise<Plan | undefined> {
  const { rows } = await db.query<Plan>(
    `${planSql} where ${isUuid(idOrName) ? 'p.id = $1' : 'p.name = $1'}`,
    [idOrName],
  );
  return rows[0];
}

/**
 * The id for a field `plan` of a request.
 * @returns undefined: the request says nothing of a plan; null: it wants none
 * @throws Invalid for a plan that is not there
 */
export async function planIdOf(
  db: Queryable,
  plan: string | null | undefined,
): Promise<string | null | undefined> {
  if (plan === undefined || plan === null) return plan;
  const found = await findPlan(db, plan);
  if (!found) throw new Invalid([{ field: 'plan', message: 'is not known here' }]);
  return found.id;
}
