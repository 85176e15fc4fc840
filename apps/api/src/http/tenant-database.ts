import { Inject, Injectable } from '@nestjs/common';
import type { Queryable } from '@holdfast/queue';
import type pg from 'pg';
import type { Actor, Operator } from '../access/actor';

/** The two doors to Postgres: as holdfast_api, which sees nothing until a transaction names its tenant, and as holdfast_operator. */
export const API_POOL = Symbol('api-pool');
export const OPERATOR_POOL = Symbol('operator-pool');

/** What an actor may see: one tenant's rows, or (an operator who named none) everybody's. */
export interface View {
  db: Queryable;
  /** undefined: all tenants */
  tenantId: string | undefined;
}

/**
 * The only way to tenant data. Postgres decides who sees what: each transaction speaks for exactly one tenant, by row-level security,
 * and a query that forgets its tenant finds nothing instead of another's mail.
 */
@Injectable()
export class TenantDatabase {
  constructor(
    @Inject(API_POOL) private readonly apiPool: pg.Pool,
    @Inject(OPERATOR_POOL) private readonly operatorPool: pg.Pool,
  ) {}

  /** Does `work` in each view of the actor, one after the other, each in its own transaction; gives what each gave. */
  async each<T>(actor: Actor, work: (view: View) => Promise<T>): Promise<T[]> {
    const results: T[] = [];
    for (const tenantId of tenantsOf(actor)) results.push(await this.in(tenantId, work));
    return results;
  }

  /** Does `work` in one view after the other until one finds something. */
  async first<T>(actor: Actor, work: (view: View) => Promise<T | undefined>): Promise<T | undefined> {
    for (const tenantId of tenantsOf(actor)) {
      const found = await this.in(tenantId, work);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Does `work` in a transaction that speaks for one tenant. */
  async asTenant<T>(tenantId: string, work: (db: Queryable) => Promise<T>): Promise<T> {
    return this.in(tenantId, ({ db }) => work(db));
  }

  /** Does `work` in a transaction that sees all tenants. Asks for the operator, so that nobody else gets here by accident. */
  async asOperator<T>(_operator: Operator, work: (db: Queryable) => Promise<T>): Promise<T> {
    return this.in(undefined, ({ db }) => work(db));
  }

  private async in<T>(tenantId: string | undefined, work: (view: View) => Promise<T>): Promise<T> {
    const client = await (tenantId === undefined ? this.operatorPool : this.apiPool).connect();
    let broken: Error | undefined;
    // Postgres may hang up between two statements; without a listener that would end the whole program.
    const hungUp = (error: Error): void => void (broken = error);
    client.on('error', hungUp);
    try {
      await client.query('begin');
      if (tenantId !== undefined)
        await client.query(`select set_config('holdfast.tenant_id', $1, true)`, [tenantId]);
      const result = await work({ db: client, tenantId });
      await client.query('commit');
      return result;
    } catch (error) {
      // A connection that cannot even roll back must not be lent to the next request.
      await client.query('rollback').catch((failure: Error) => (broken = failure));
      throw error;
    } finally {
      client.off('error', hungUp);
      client.release(broken);
    }
  }
}

function tenantsOf(actor: Actor): (string | undefined)[] {
  if (actor.kind === 'operator') return [actor.tenant?.id];
  return actor.memberships.map(({ tenantId }) => tenantId);
}
