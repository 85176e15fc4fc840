import pg from 'pg';
import { listen, type Listener } from './index';
import { throwAwayDatabase, type ThrowAwayDatabase } from './testing';

describe('notices of a changed directory', () => {
  let database: ThrowAwayDatabase;
  let owner: pg.Client;
  let listener: Listener;
  const heard: { payload: Record<string, unknown> }[] = [];
  let wake: () => void = () => undefined;

  const next = async (): Promise<Record<string, unknown>> => {
    while (heard.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return (heard.shift() as { payload: Record<string, unknown> }).payload;
  };

  beforeAll(async () => {
    database = await throwAwayDatabase();
    owner = new pg.Client({ connectionString: database.url });
    await owner.connect();
    await new Promise<void>((resolve) => {
      listener = listen(database.url, ['directory'], {
        onConnect: resolve,
        onNotice: (_name, payload) => {
          heard.push({ payload });
          wake();
        },
      });
    });
  });

  afterAll(async () => {
    await listener?.close();
    await owner?.end();
    await database?.drop();
  });

  it('name the tenant, then the domain that changed', async () => {
    const tenant = (await owner.query(`insert into tenants (name) values ('x') returning id`)).rows[0].id;
    expect(await next()).toEqual({ tenants: [tenant] });
    const domain = (
      await owner.query(`insert into domains (tenant_id, name) values ($1, 'x.test') returning id`, [tenant])
    ).rows[0].id;
    expect(await next()).toEqual({ domains: [domain] });
    await owner.query(`delete from domains where id = $1`, [domain]);
    expect(await next()).toEqual({ domains: [domain] });
  });

  it('say "everything" when one statement changed more than they can name', async () => {
    await owner.query(`insert into tenants (name) select 't' || n from generate_series(1, 200) n`);
    expect(await next()).toEqual({});
  });

  it('come again after the connection broke', async () => {
    await owner.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'holdfast-listener' and datname = current_database()`,
    );
    await new Promise<void>((resolve) => {
      const again = listen(database.url, ['directory'], {
        onConnect: () => void again.close().then(resolve),
        onNotice: () => undefined,
      });
    });
    // The broken listener reconnects within its first retries; keep changing until it hears one.
    const heardAgain = next();
    const timer = setInterval(
      () => void owner.query(`update tenants set is_suspended = true where name = 'x'`),
      100,
    );
    await heardAgain;
    clearInterval(timer);
  });
});
