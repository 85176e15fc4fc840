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

it('another tenant sees nothing of it', async () => {
  expect((await app.ask(two.person, 'GET', '/api/v1/tenants/One')).status).toBe(404);
  expect((await app.ask(two.person, 'GET', `/api/v1/tenants/${one.id}`)).status).toBe(404);
  const { body } = await app.ask(two.person, 'GET', '/api/v1/tenants');
  expect(body.items).toMatchObject([{ name: 'Two' }]);
});

it('an operator makes one, with a contact that hears about held mail', async () => {
  const wanted = { name: ' Tidewater Press ', contact: 'post@tidewater-contact.test' };
  const { status, body } = await app.ask(app.operator, 'POST', '/api/v1/tenants', wanted);
  expect(status).toBe(201);
  expect(body).toMatchObject({
    name: 'Tidewater Press',
    suspended: false,
    maxHeldMessages: null,
    contacts: [{ email: 'post@tidewater-contact.test', verifiedAt: expect.any(String) }],
  });
  expect((await app.ask(app.operator, 'GET', '/api/v1/tenants/Tidewater%20Press')).body.id).toBe(body.id);
});

it('no two have the same name', async () => {
  const { status, body } = await app.ask(app.operator, 'POST', '/api/v1/tenants', { name: 'One' });
  expect([status, body.errors]).toEqual([409, [{ field: 'name', message: 'is taken' }]]);
});

it.each([
  ['name', { name: '  ' }],
  ['name', { name: 'x'.repeat(201) }],
  ['contact', { name: 'Bad', contact: 'nobody' }],
])('names %s when that is wrong', async (field, wrong) => {
  const { status, body } = await app.ask(app.operator, 'POST', '/api/v1/tenants', wrong);
  expect([status, body.errors[0].field]).toEqual([400, field]);
});

it('limits and suspension change alone or together', async () => {
  const set = (changes: object) => app.ask(app.operator, 'PATCH', '/api/v1/tenants/One', changes);
  expect((await set({ maxHeldMessages: 10, maxMessageBytes: 5000 })).body).toMatchObject({
    maxHeldMessages: 10,
    maxMessageBytes: 5000,
    maxHeldBytes: null,
    suspended: false,
  });
  expect((await set({ suspended: true })).body).toMatchObject({ maxHeldMessages: 10, suspended: true });
  expect((await set({ maxHeldMessages: null, suspended: false })).body).toMatchObject({
    maxHeldMessages: null,
    suspended: false,
  });
  expect((await set({ maxHeldMessages: -1 })).status).toBe(400);
  expect((await set({ maxHeldMessages: 1.5 })).status).toBe(400);
});

it('a person who is let in twice is one person, with the newer role', async () => {
  const path = '/api/v1/tenants/One/users';
  const first = await app.ask(app.operator, 'POST', path, { email: 'Pat@One.example', role: 'member' });
  const second = await app.ask(app.operator, 'POST', path, { email: 'pat@one.example', role: 'auditor' });
  expect(second.body.id).toBe(first.body.id);
  const { rows } = await app.owner.query('select role from members where user_id = $1', [first.body.id]);
  expect(rows).toEqual([{ role: 'auditor' }]);
});

it('an unknown role or tenant lets nobody in', async () => {
  const member = { email: 'x@one.example', role: 'king' };
  expect(
    (await app.ask(app.operator, 'POST', '/api/v1/tenants/One/users', member)).body.errors[0].field,
  ).toBe('role');
  const nowhere = await app.ask(app.operator, 'POST', '/api/v1/tenants/Nobody/users', {
    ...member,
    role: 'owner',
  });
  expect(nowhere.status).toBe(404);
  const { rows } = await app.owner.query(`select 1 from users where email = 'x@one.example'`);
  expect(rows).toEqual([]);
});
