import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '@holdfast/daemon';
import { onlyOperator, permit, type Actor } from '../access/actor';
import { People } from '../access/people';
import { CONFIG, type Config } from '../config';
import { LOG } from '../http/log';
import { pageOf, partOf, type PageQuery } from '../http/page';
import { Conflict, NotHere } from '../http/problem';
import { TenantDatabase } from '../http/tenant-database';
import { limitColumns } from '../plans/limit-columns';
import { planIdOf } from '../plans/plan-sql';
import { findTenant, listTenants } from './tenant-sql';
import { whatApplies } from './what-applies';
import type { AddedMember, NewMember, NewTenant, Tenant, TenantChanges, TenantPage } from './tenants.dto';

/** Keeps the list of customers: who they are, how much they may have here, who speaks for them. */
@Injectable()
export class TenantsService {
  constructor(
    private readonly database: TenantDatabase,
    private readonly people: People,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async list(actor: Actor, page: PageQuery): Promise<TenantPage> {
    const asking = permit(actor, 'read-overview');
    const parts = await this.database.each(asking, async ({ db }) =>
      partOf(
        (await listTenants(db, page)).map((tenant) => this.complete(tenant)),
        page.limit,
      ),
    );
    return pageOf(
      parts,
      page.limit,
      (one, other) => (one.name < other.name ? -1 : 1),
      ({ name }) => name,
    );
  }

  async show(actor: Actor, idOrName: string): Promise<Tenant> {
    const asking = permit(actor, 'read-overview');
    const tenant = await this.database.first(asking, ({ db }) => findTenant(db, idOrName));
    if (!tenant) throw new NotHere('tenant of this name');
    return this.complete(tenant);
  }

  async add(actor: Actor, { name, contact, plan }: NewTenant): Promise<Tenant> {
    const operator = onlyOperator(actor);
    const tenant = await this.database.asOperator(operator, async (db) => {
      const { rows } = await db.query<{ id: string }>(
        'insert into tenants (name, plan_id) values ($1, $2) on conflict (name) do nothing returning id',
        [name, (await planIdOf(db, plan)) ?? null],
      );
      const id = rows[0]?.id;
      if (!id) throw tenantExists(name);
      if (contact)
        await db.query('insert into contacts (tenant_id, email, verified_at) values ($1, $2, now())', [
          id,
          contact,
        ]);
      return findTenant(db, id);
    });
    this.log('changed-by-person', { what: 'tenant added', tenantId: tenant?.id, by: 'operator' });
    return this.complete(tenant as Tenant);
  }

  async change(actor: Actor, idOrName: string, changes: TenantChanges): Promise<Tenant> {
    const operator = onlyOperator(actor);
    const tenant = await this.database.asOperator(operator, async (db) => {
      const found = await findTenant(db, idOrName);
      const columns = {
        ...limitColumns(changes),
        plan_id: await planIdOf(db, changes.plan),
        // null is no answer to a yes-or-no question
        is_suspended: changes.suspended ?? undefined,
      };
      const set = Object.entries(columns).filter(([, value]) => value !== undefined);
      if (!found || set.length === 0) return found;
      const assignments = set.map(([column], index) => `${column} = $${index + 2}`).join(', ');
      await db.query(`update tenants set ${assignments} where id = $1`, [
        found.id,
        ...set.map(([, value]) => value),
      ]);
      return findTenant(db, found.id);
    });
    if (!tenant) throw new NotHere('tenant of this name');
    this.log('changed-by-person', { what: 'tenant changed', tenantId: tenant.id, changes, by: 'operator' });
    return this.complete(tenant);
  }

  /**
   * Lets a person into a tenant and gives the operator a link that signs them in once. Only an operator may: whoever holds the link
   * is that person, in every tenant that the person belongs to.
   */
  async addMember(
    actor: Actor,
    idOrName: string,
    { email, role }: NewMember,
    origin: string,
  ): Promise<AddedMember> {
    const operator = onlyOperator(actor);
    const tenant = await this.database.asOperator(operator, (db) => findTenant(db, idOrName));
    if (!tenant) throw new NotHere('tenant of this name');
    const id = await this.people.findOrAdd(email);
    await this.database.asTenant(tenant.id, (db) =>
      db.query(
        'insert into members (tenant_id, user_id, role) values ($1, $2, $3) on conflict (tenant_id, user_id) do update set role = excluded.role',
        [tenant.id, id, role],
      ),
    );
    this.log('changed-by-person', {
      what: 'member added',
      tenantId: tenant.id,
      userId: id,
      role,
      by: 'operator',
    });
    return { id, signInUrl: await this.people.signInLink(email, origin) };
  }

  /** The tables know no default of the provider's. */
  private complete(tenant: Tenant): Tenant {
    return { ...tenant, limits: whatApplies(tenant.limits, this.config) };
  }
}

function tenantExists(name: string): Conflict {
  return new Conflict('tenant-exists', 'Tenant exists', `There is a tenant called ${name} already.`, [
    { field: 'name', message: 'is taken' },
  ]);
}
