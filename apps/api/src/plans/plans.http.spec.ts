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

const operator = (method: string, path: string, body?: object) =>
  app.ask(app.operator, method, `/api/v1${path}`, body);

it('is the operators’ alone: others neither see what is sold to whom nor sell', async () => {
  expect((await app.ask(undefined, 'GET', '/api/v1/plans')).status).toBe(401);
  for (const [method, path, body] of [
    ['GET', '/plans', undefined],
    ['POST', '/plans', { name: 'Mine' }],
    ['PATCH', '/plans/Mine', { maxHeldMessages: 1 }],
  ] as const)
    expect((await app.ask(one.person, method, `/api/v1${path}`, body)).status).toBe(403);
});

it('is made once, changed, and listed with how many have it', async () => {
  const made = await operator('POST', '/plans', { name: ' Small ', maxHeldMessages: 10, retentionDays: 7 });
  expect(made).toMatchObject({
    status: 201,
    body: { name: 'Small', maxHeldMessages: 10, maxHeldBytes: null, retentionDays: 7, tenants: 0 },
  });
  const again = await operator('POST', '/plans', { name: 'Small' });
  expect([again.status, again.body.errors]).toEqual([409, [{ field: 'name', message: 'is taken' }]]);
  expect((await operator('PATCH', '/tenants/One', { plan: 'Small' })).body.plan).toBe('Small');
  expect(
    (await operator('PATCH', `/plans/${made.body.id}`, { maxHeldMessages: null, maxMessageBytes: 5 })).body,
  ).toMatchObject({ maxHeldMessages: null, maxMessageBytes: 5, retentionDays: 7, tenants: 1 });
  expect((await operator('PATCH', '/plans/Nothing', {})).status).toBe(404);
  await operator('POST', '/plans', { name: 'Tiny' });
  const { body } = await operator('GET', '/plans?limit=1');
  expect(body).toMatchObject({ items: [{ name: 'Small' }], next: 'Small' });
  expect((await operator('GET', '/plans?after=Small')).body).toMatchObject({ items: [{ name: 'Tiny' }] });
});

it.each([
  ['name', 'POST', '/plans', { name: '' }],
  ['maxHeldMessages', 'POST', '/plans', { name: 'Wrong', maxHeldMessages: -1 }],
  ['maxRecipientsPerMessage', 'PATCH', '/plans/Small', { maxRecipientsPerMessage: 0 }],
  ['retentionDays', 'PATCH', '/plans/Small', { retentionDays: 91 }],
  ['price', 'PATCH', '/plans/Small', { price: 1 }],
  ['plan', 'PATCH', '/tenants/One', { plan: 'Nothing' }],
  ['plan', 'POST', '/tenants', { name: 'New', plan: 'Nothing' }],
])('names %s when that is wrong', async (field, method, path, body) => {
  const answer = await operator(method, path, body);
  expect([answer.status, answer.body.errors[0].field]).toEqual([400, field]);
});

it('stands between a tenant’s own word and the provider’s default', async () => {
  await operator('PATCH', '/plans/Small', { maxHeldMessages: 10, maxHeldBytes: 1000 });
  const { body } = await operator('PATCH', '/tenants/One', { maxHeldBytes: 2000 });
  expect(body).toMatchObject({
    maxHeldMessages: null,
    maxHeldBytes: 2000,
    limits: {
      maxHeldMessages: 10,
      maxHeldBytes: 2000,
      maxMessagesPerHour: null,
      maxRecipientsPerMessage: 1000,
      retentionDays: 7,
    },
    held: { messages: 0, bytes: 0 },
  });
  expect((await app.ask(one.person, 'GET', '/api/v1/tenants/One')).body).toEqual(body);
  expect((await app.ask(two.person, 'GET', '/api/v1/tenants/Two')).body).toMatchObject({
    plan: null,
    limits: { maxHeldMessages: 1_000_000, maxMessageBytes: 50 * 2 ** 20, retentionDays: 30 },
  });
});

it('bounds what a domain’s owner may choose', async () => {
  const domain = `/api/v1/domains/${one.domain}`;
  const choose = (retentionDays: number | null) => app.ask(one.person, 'PATCH', domain, { retentionDays });
  expect((await choose(3)).body).toMatchObject({ retentionDays: 3, chosenRetentionDays: 3 });
  const tooLong = await choose(8);
  expect([tooLong.status, tooLong.body.errors]).toEqual([
    400,
    [{ field: 'retentionDays', message: 'must not be above 7, what the tenant may have' }],
  ]);
  expect((await choose(null)).body).toMatchObject({ retentionDays: 7, chosenRetentionDays: null });
  await operator('PATCH', '/tenants/One', { retentionDays: 60 });
  expect((await choose(8)).body).toMatchObject({ retentionDays: 8 });
});

it('a tenant sees its own plan in the database, and no other', async () => {
  const client = await app.owner.connect();
  try {
    await client.query('begin');
    await client.query('set local role holdfast_api');
    await client.query(`select set_config('holdfast.tenant_id', $1, true)`, [one.id]);
    expect((await client.query('select name from plans')).rows).toEqual([{ name: 'Small' }]);
    await client.query(`select set_config('holdfast.tenant_id', $1, true)`, [two.id]);
    expect((await client.query('select name from plans')).rows).toEqual([]);
    expect((await client.query('select tenant_id from tenant_limits')).rows).toEqual([{ tenant_id: two.id }]);
  } finally {
    await client.query('rollback');
    client.release();
  }
});
