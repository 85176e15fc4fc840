import { Story } from '../testing/story';
import { TestPrimary } from '../testing/primary';

let story: Story;
let primary: TestPrimary;
let tenant: string;
let domain: string;

beforeAll(async () => void (story = await Story.begin()));
afterAll(() => story?.end());
beforeEach(async () => {
  primary = await TestPrimary.start();
  tenant = await story.tenant(['postmaster@contact.test']);
  domain = await story.domain(tenant, primary.port);
  await story.db.query('update tenants set max_held_messages = 10 where id = $1', [tenant]);
});
afterEach(async () => {
  await story.stopSentinels();
  await primary.close();
});

const kinds = async (): Promise<string[]> => (await story.notifications(tenant)).map(({ kind }) => kind);

const level = async (): Promise<number | undefined> =>
  (await story.rows<{ level: number }>('select level from queue_levels where tenant_id = $1', [tenant]))[0]
    ?.level;

/** Two rounds: whatever was to be noticed has been. */
const rounds = (): Promise<void> => story.pass(11_000);

const told = (...expected: string[]): Promise<void> =>
  story.until(
    `${expected.join(', ') || 'nothing'} was told`,
    async () => (await kinds()).join() === expected.join(),
  );

it('tells at four fifths and when it is full, each once, and again only after a real fall', async () => {
  story.startSentinel();
  const held = await story.holds(tenant, domain, 7);
  await rounds();
  expect(await kinds()).toEqual([]);
  held.push(...(await story.holds(tenant, domain, 1)));
  await told('queue-nearly-full');
  held.push(...(await story.holds(tenant, domain, 1)));
  await rounds();
  expect(await kinds()).toEqual(['queue-nearly-full']);
  held.push(...(await story.holds(tenant, domain, 1)));
  await told('queue-nearly-full', 'queue-full');

  // At the edge nothing is told: it goes down a little and up again.
  await story.delivers(held.splice(0, 2));
  await rounds();
  held.push(...(await story.holds(tenant, domain, 2)));
  await rounds();
  expect(await kinds()).toHaveLength(2);

  await story.delivers(held.splice(0, 9));
  await story.until('it is forgotten', async () => (await level()) === 0);
  expect(await kinds()).toHaveLength(2);
  held.push(...(await story.holds(tenant, domain, 9)));
  await told('queue-nearly-full', 'queue-full', 'queue-full');
});

it('is told once, by two sentinels, and over a restart', async () => {
  await story.holds(tenant, domain, 8);
  story.startSentinel();
  story.startSentinel();
  await told('queue-nearly-full');
  await story.stopSentinels();
  story.startSentinel();
  await rounds();
  expect(await kinds()).toEqual(['queue-nearly-full']);
  await story.until('it is sent', async () => (await story.notifications(tenant))[0]?.sent_at != null);
  const mail = story.sink.received.find(({ subject }) => subject === 'Room for your held mail is 80 % used');
  expect(mail?.text).toContain('8 of 10 messages');
});

it('goes by bytes too, which are full when port 25 had no room a moment ago', async () => {
  await story.db.query('update tenants set max_held_messages = null, max_held_bytes = 1050 where id = $1', [
    tenant,
  ]);
  await story.holds(tenant, domain, 10);
  story.startSentinel();
  await told('queue-nearly-full');
  await story.db.query('update queue_levels set refused_at = now() where tenant_id = $1', [tenant]);
  await told('queue-nearly-full', 'queue-full');
});

it('goes by the plan, and by the provider’s default', async () => {
  await story.db.query(
    `with plan as (insert into plans (name, max_held_messages) values ('five', 5) returning id)
     update tenants set max_held_messages = null, plan_id = (select id from plan) where id = $1`,
    [tenant],
  );
  await story.holds(tenant, domain, 4);
  story.startSentinel({ maxHeldMessages: 4 });
  await told('queue-nearly-full');
  await story.db.query('update tenants set plan_id = null where id = $1', [tenant]);
  await told('queue-nearly-full', 'queue-full');
});

it('never writes to an address whose mail is held', async () => {
  const own = 'd-own.test';
  const away = await TestPrimary.start('refuses');
  const ownDomain = await story.domain(tenant, away.port, own);
  await story.db.query('insert into contacts (tenant_id, email, verified_at) values ($1, $2, now())', [
    tenant,
    `me@${own}`,
  ]);
  await story.db.query(
    `insert into outages (tenant_id, domain_id, began_at, noticed_at, cause, received_before, delivered_before)
     values ($1, $2, now(), now(), 'x', 0, 0)`,
    [tenant, ownDomain],
  );
  await story.holds(tenant, domain, 8);
  story.startSentinel();
  await story.until(
    'both are written',
    async () => (await kinds()).filter((kind) => kind === 'queue-nearly-full').length === 2,
  );
  const about = (await story.notifications(tenant)).filter(({ kind }) => kind === 'queue-nearly-full');
  expect(about).toMatchObject([
    { recipient: `me@${own}`, skipped_because: expect.stringContaining('would be held') },
    { recipient: 'postmaster@contact.test', skipped_because: null },
  ]);
});

it('needs somebody to tell, and goes on without', async () => {
  const lonely = await story.tenant([]);
  const theirs = await story.domain(lonely, primary.port);
  await story.db.query('update tenants set max_held_messages = 1 where id = $1', [lonely]);
  await story.holds(lonely, theirs, 1);
  story.startSentinel();
  await story.until('it is known', async () => {
    const rows = await story.rows('select 1 from queue_levels where tenant_id = $1 and level = 100', [
      lonely,
    ]);
    return rows.length === 1;
  });
  expect(await story.notifications(lonely)).toEqual([]);
});
