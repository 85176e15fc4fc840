import pg from 'pg';
import { throwAwayDatabase, type ThrowAwayDatabase } from './testing';

describe('row-level security', () => {
  let database: ThrowAwayDatabase;
  let owner: pg.Client;
  let api: pg.Client;
  const tenants = { one: '', two: '' };

  beforeAll(async () => {
    database = await throwAwayDatabase();
    owner = new pg.Client({ connectionString: database.url });
    api = new pg.Client({ connectionString: database.urlAs('api') });
    await owner.connect();
    await api.connect();
    for (const name of ['one', 'two'] as const) {
      const { rows } = await owner.query(`insert into tenants (name) values ($1) returning id`, [name]);
      tenants[name] = rows[0].id;
      await owner.query(`insert into domains (tenant_id, name) values ($1, $2)`, [
        tenants[name],
        `${name}.test`,
      ]);
    }
  });

  afterAll(async () => {
    await owner?.end();
    await api?.end();
    await database?.drop();
  });

  const asTenant = async (
    tenant: string,
    statement: string,
    values: unknown[] = [],
  ): Promise<pg.QueryResult> => {
    await api.query('begin');
    try {
      await api.query(`select set_config('holdfast.tenant_id', $1, true)`, [tenant]);
      return await api.query(statement, values);
    } finally {
      await api.query('rollback');
    }
  };

  it('shows nothing at all while nobody speaks', async () => {
    expect((await api.query('select * from domains')).rows).toEqual([]);
    expect((await api.query('select * from tenants')).rows).toEqual([]);
  });

  it('shows a tenant its own rows and nobody else’s', async () => {
    const { rows } = await asTenant(tenants.one, 'select name from domains');
    expect(rows).toEqual([{ name: 'one.test' }]);
  });

  it('refuses a row written in the name of another tenant', async () => {
    await expect(
      asTenant(tenants.one, `insert into domains (tenant_id, name) values ($1, 'stolen.test')`, [
        tenants.two,
      ]),
    ).rejects.toThrow(/row-level security/);
  });

  it('changes nothing of another tenant', async () => {
    const { rowCount } = await asTenant(
      tenants.one,
      `update domains set state = 'suspended' where name = 'two.test'`,
    );
    expect(rowCount).toBe(0);
  });

  it('is switched on for every table that has a tenant', async () => {
    const { rows } = await owner.query(`
      select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
      where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and not c.relrowsecurity`);
    expect(rows).toEqual([]);
  });

  it('gives the api no role that could pass it by', async () => {
    const { rows } = await owner.query(
      `select rolname from pg_roles where rolname like 'holdfast_%' and (rolsuper or rolbypassrls)`,
    );
    expect(rows).toEqual([]);
  });
});
