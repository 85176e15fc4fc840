import { RunningApp } from '../testing/running-app';

let app: RunningApp;
let one: Awaited<ReturnType<RunningApp['tenant']>>;
let two: Awaited<ReturnType<RunningApp['tenant']>>;

beforeAll(async () => {
  app = await RunningApp.start();
  one = await app.tenant('One');
  two = await app.tenant('Two');
});
afterAll(() => app?.stop());

const path = '/api/v1/tenants/One/filter';
const rules = `${path}/rules`;
const set = (changes: object, as = one.person) => app.ask(as, 'PATCH', path, changes);
const change = (changes: object, as = one.person) => app.ask(as, 'POST', rules, changes);
const patterns = async (query = '') =>
  (await app.ask(one.person, 'GET', `${rules}${query}`)).body.items.map(
    ({ pattern, verdict }: { pattern: string; verdict: string }) => `${verdict} ${pattern}`,
  );

describe('is refused', () => {
  it('without a session', async () => {
    expect((await app.ask(undefined, 'GET', path)).status).toBe(401);
    expect((await app.ask(undefined, 'PATCH', path, { spam: 'tag' })).status).toBe(401);
    expect((await app.ask(undefined, 'POST', rules, { block: ['x.test'] })).status).toBe(401);
  });

  it('to another tenant, who learns not even that it exists', async () => {
    expect((await app.ask(two.person, 'GET', path)).status).toBe(404);
    expect((await set({ spam: 'tag' }, two.person)).status).toBe(404);
    expect((await app.ask(two.person, 'GET', rules)).status).toBe(404);
    expect((await change({ block: ['x.test'] }, two.person)).status).toBe(404);
    const { rows } = await app.owner.query(
      'select tenant_id from tenant_filters union select tenant_id from filter_rules',
    );
    expect(rows).toEqual([]);
  });

  it('to people whose role only reads', async () => {
    const member = await app.person('One', 'member@one.example', 'member');
    expect((await app.ask(member, 'GET', path)).status).toBe(200);
    expect((await set({ spam: 'tag' }, member)).status).toBe(403);
    expect((await change({ block: ['x.test'] }, member)).status).toBe(403);
    const billing = await app.person('One', 'billing@one.example', 'billing');
    expect((await app.ask(billing, 'GET', rules)).status).toBe(403);
  });
});

it('a tenant that said nothing has what port 25 does without its word', async () => {
  const { rows } = await app.owner.query(
    `select column_name, column_default from information_schema.columns where table_name = 'tenant_filters' and column_default is not null`,
  );
  const inTable = Object.fromEntries(
    rows.map(({ column_name, column_default }) => [
      column_name.replace(/_(.)/g, (_: string, letter: string) => letter.toUpperCase()),
      /'(.*?)'/.exec(column_default)?.[1],
    ]),
  );
  const { body } = await app.ask(one.person, 'GET', path);
  expect(body).toEqual({
    tenant: 'One',
    ...inTable,
    rejectScore: null,
    tagScore: null,
    rules: { allow: 0, block: 0 },
  });
});

describe('its wishes', () => {
  it('change alone or together, by the tenant or an operator', async () => {
    expect((await set({ spam: 'quarantine', rejectScore: 12.5 })).body).toMatchObject({
      spam: 'quarantine',
      malware: 'refuse',
      rejectScore: 12.5,
    });
    expect((await set({ ownDomain: 'defer', rejectScore: null }, app.operator)).body).toMatchObject({
      spam: 'quarantine',
      ownDomain: 'defer',
      rejectScore: null,
    });
    expect((await set({})).body).toMatchObject({ spam: 'quarantine', ownDomain: 'defer' });
    expect((await app.ask(two.person, 'GET', '/api/v1/tenants/Two/filter')).body.spam).toBe('refuse');
  });

  it.each([
    ['spam', { spam: 'maybe' }],
    ['malware', { malware: 'tag' }],
    ['blocked', { blocked: 'accept' }],
    ['blockList', { blockList: 'tag' }],
    ['ownDomain', { ownDomain: 'tag' }],
    ['unknownRecipient', { unknownRecipient: 'quarantine' }],
    ['rejectScore', { rejectScore: 0 }],
    ['rejectScore', { rejectScore: '12' }],
    ['tagScore', { tagScore: 1001 }],
    ['tagScore', { rejectScore: 8, tagScore: 9 }],
    ['greylist', { greylist: true }],
  ])('name %s when that is wrong, and change nothing', async (field, wrong) => {
    const before = (await app.ask(one.person, 'GET', path)).body;
    const { status, body } = await set(wrong);
    expect([status, body.type, body.errors[0].field]).toEqual([400, 'urn:holdfast:problem:invalid', field]);
    expect((await app.ask(one.person, 'GET', path)).body).toEqual(before);
  });
});

describe('its rules', () => {
  it('are kept in one spelling, listed in pages, and change over', async () => {
    const made = await change({
      allow: [' Ada@Sender.Test '],
      block: ['@Bad.Test', '2001:DB8::/32', '192.0.2.7'],
    });
    expect(made).toMatchObject({ status: 200, body: { added: 4, removed: 0, total: 4 } });
    expect(await patterns()).toEqual([
      'block 192.0.2.7',
      'block 2001:db8::/32',
      'allow ada@sender.test',
      'block bad.test',
    ]);
    expect(await patterns('?verdict=allow')).toEqual(['allow ada@sender.test']);
    const { body: first } = await app.ask(one.person, 'GET', `${rules}?limit=3`);
    expect(await patterns(`?limit=3&after=${encodeURIComponent(first.next)}`)).toEqual(['block bad.test']);
    expect((await change({ allow: ['bad.test'] })).body).toEqual({ added: 1, removed: 1, total: 4 });
    expect((await change({ forget: ['bad.test', '192.0.2.7', 'unheard.test'] })).body).toEqual({
      added: 0,
      removed: 2,
      total: 2,
    });
    expect((await app.ask(one.person, 'GET', path)).body.rules).toEqual({ allow: 1, block: 1 });
  });

  it.each([
    ['block[1]', { block: ['good.test', 'two words'] }],
    ['allow[0]', { allow: ['192.0.2.0/33'] }],
    ['forget[0]', { forget: [''] }],
    ['block[0]', { allow: ['x.test'], block: ['X.test'] }],
    ['block', { block: 'bad.test' }],
    ['block', { block: Array.from({ length: 1001 }, (_, n) => `d${n}.test`) }],
  ])('name %s when that is wrong, and change nothing', async (field, wrong) => {
    const before = await patterns();
    const { status, body } = await change(wrong);
    expect([status, body.errors[0].field]).toEqual([400, field]);
    expect(await patterns()).toEqual(before);
  });

  it('are bounded, because each is compared with each message', async () => {
    await app.owner.query(
      `insert into filter_rules (tenant_id, verdict, pattern) select $1, 'block', 'd' || n || '.test' from generate_series(1, 5000) n`,
      [one.id],
    );
    const { status, body } = await change({ block: ['one-more.test'] });
    expect([status, body.errors[0].field]).toEqual([400, 'block']);
  });
});

it('who changed what is in the log, and the patterns, which are addresses, are not', () => {
  const said = app.logged.filter(({ event }) => event === 'changed-by-person');
  expect(said).toContainEqual(
    expect.objectContaining({ what: 'filter changed', tenantId: one.id, by: 'operator' }),
  );
  expect(JSON.stringify(said)).not.toContain('sender.test');
});
