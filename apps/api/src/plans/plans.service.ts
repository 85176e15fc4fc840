import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '@holdfast/daemon';
import { onlyOperator, type Actor } from '../access/actor';
import { LOG } from '../http/log';
import { pageOf, partOf, type PageQuery } from '../http/page';
import { Conflict, NotHere } from '../http/problem';
import { TenantDatabase } from '../http/tenant-database';
import { limitColumns } from './limit-columns';
import { findPlan, listPlans } from './plan-sql';
import type { NewPlan, Plan, PlanChanges, PlanPage } from './plans.dto';

/** Keeps what the provider sells. Port 25 hears of a changed plan by the table's own trigger. */
@Injectable()
export class PlansService {
  constructor(
    private readonly database: TenantDatabase,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async list(actor: Actor, page: PageQuery): Promise<PlanPage> {
    const operator = onlyOperator(actor);
    const plans = await this.database.asOperator(operator, (db) => listPlans(db, page));
    return pageOf(
      [partOf(plans, page.limit)],
      page.limit,
      () => 0,
      ({ name }) => name,
    );
  }

  async add(actor: Actor, { name, ...limits }: NewPlan): Promise<Plan> {
    const operator = onlyOperator(actor);
    const set = Object.entries(limitColumns(limits)).filter(([, value]) => value !== undefined);
    const plan = await this.database.asOperator(operator, async (db) => {
      const { rows } = await db.query<{ id: string }>(
        `insert into plans (${['name', ...set.map(([column]) => column)].join(', ')})
         values ($1${set.map((_, index) => `, $${index + 2}`).join('')}) on conflict (name) do nothing returning id`,
        [name, ...set.map(([, value]) => value)],
      );
      if (!rows[0])
        throw new Conflict('plan-exists', 'Plan exists', `There is a plan called ${name} already.`, [
          { field: 'name', message: 'is taken' },
        ]);
      return findPlan(db, rows[0].id);
    });
    this.log('changed-by-person', { what: 'plan added', plan: name, by: 'operator' });
    return plan as Plan;
  }

  async change(actor: Actor, idOrName: string, changes: PlanChanges): Promise<Plan> {
    const operator = onlyOperator(actor);
    const set = Object.entries(limitColumns(changes)).filter(([, value]) => value !== undefined);
    const plan = await this.database.asOperator(operator, async (db) => {
      const found = await findPlan(db, idOrName);
      if (!found || set.length === 0) return found;
      const assignments = set.map(([column], index) => `${column} = $${index + 2}`).join(', ');
      await db.query(`update plans set ${assignments} where id = $1`, [
        found.id,
        ...set.map(([, value]) => value),
      ]);
      return findPlan(db, found.id);
    });
    if (!plan) throw new NotHere('plan of this name');
    this.log('changed-by-person', { what: 'plan changed', plan: plan.name, changes, by: 'operator' });
    return plan;
  }
}
