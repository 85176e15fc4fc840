import { SecretBox, secretBoxKeyFile } from '@holdfast/directory';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
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

const add = (domain: string, more: object) =>
  app.ask(app.operator, 'POST', '/api/v1/domains', { domain, tenant: 'One', verified: true, ...more });
const change = (domain: string, primaries: object[], who = app.operator) =>
  app.ask(who, 'PATCH', `/api/v1/domains/${domain}`, { primaries });
const fieldsOf = ({ body }: { body: { errors?: { field: string }[] } }) =>
  body.errors?.map(({ field }) => field);

it('refuses another tenant', async () => {
  expect((await change(one.domain, [{ host: 'mx.stolen.example' }], two.person)).status).toBe(404);
});

it('takes several, by preference, by MX and with every way to encrypt', async () => {
  const pin = 'ab'.repeat(32);
  const { status, body } = await add('ways.example', {
    primaries: [
      {
        host: 'mx2.ways.example',
        preference: 20,
        tlsPolicy: 'pinned',
        pins: [`SHA256:${pin.toUpperCase()}`],
      },
      { byMx: true, tlsPolicy: 'mta-sts', preference: 30 },
      { host: 'mx1.ways.example', tlsPolicy: 'dane', tellsClient: 'xclient' },
    ],
  });
  expect(status).toBe(201);
  const usual = { port: 25, byMx: false, pins: [], tellsClient: 'none', login: null };
  expect(body.primaries).toEqual([
    { ...usual, host: 'mx1.ways.example', preference: 10, tlsPolicy: 'dane', tellsClient: 'xclient' },
    { ...usual, host: 'mx2.ways.example', preference: 20, tlsPolicy: 'pinned', pins: [pin] },
    { ...usual, host: 'ways.example', preference: 30, tlsPolicy: 'mta-sts', byMx: true },
  ]);
  expect(body.sealed).toBe(true);
});

it('keeps a password sealed, with its host and port, and never gives it back', async () => {
  const primary = { host: 'mx.login.example', tlsPolicy: 'required' };
  const login = { user: 'backup', secret: 'correct horse' };
  const added = await add('login.example', { primary: { ...primary, login } });
  expect(added.body.primaries[0].login).toBe('backup');
  expect(JSON.stringify(added.body)).not.toContain('horse');
  const kept = async () =>
    (await app.owner.query('select s.primary_id, s.sealed from primary_secrets s')).rows as {
      primary_id: string;
      sealed: string;
    }[];
  const [row] = await kept();
  expect(row?.sealed).not.toContain('horse');
  const box = new SecretBox((await readFile(join(app.dataDir, secretBoxKeyFile), 'utf8')).trim());
  expect(box.open(row?.sealed ?? '', row?.primary_id ?? '')).toBe('correct horse');
  const moved = await change('login.example', [{ ...primary, preference: 5 }]);
  expect(moved.body.primaries[0]).toMatchObject({ login: 'backup', preference: 5 });
  expect(await kept()).toEqual([row]);
  expect(fieldsOf(await change('login.example', [{ ...primary, tlsPolicy: 'opportunistic' }]))).toEqual([
    'primaries[0].tlsPolicy',
  ]);
  await change('login.example', [{ ...primary, login: null }]);
  expect(await kept()).toEqual([]);
  expect(JSON.stringify(app.logged)).not.toContain('horse');
});

it.each([
  [{ host: 'mx.wrong.example', tlsPolicy: 'pinned' }, '.pins'],
  [{ host: 'mx.wrong.example', pins: ['ab'.repeat(32)] }, '.pins'],
  [{ host: 'mx.wrong.example', tlsPolicy: 'pinned', pins: ['abc'] }, '.pins'],
  [{ host: '9.9.9.9', tlsPolicy: 'dane' }, '.tlsPolicy'],
  [{ host: '9.9.9.9', byMx: true }, '.host'],
  [{ host: '127.0.0.1' }, '.host'],
  [{ host: 'mx.wrong.example', login: { user: 'a', secret: 'b' } }, '.login'],
  [{ byMx: true, tlsPolicy: 'required', login: { user: 'a', secret: 'b' } }, '.login'],
  [{}, '.host'],
])('refuses %j', async (primary, field) => {
  expect(fieldsOf(await add('wrong.example', { primary }))).toEqual([`primary${field}`]);
  expect(fieldsOf(await add('wrong.example', { primaries: [primary] }))).toEqual([`primaries[0]${field}`]);
});

it('refuses none at all, both ways of saying it, and the same place twice', async () => {
  const primary = { host: 'mx.wrong.example' };
  expect(fieldsOf(await add('wrong.example', {}))).toEqual(['primary']);
  expect(fieldsOf(await add('wrong.example', { primary, primaries: [primary] }))).toContain('primary');
  expect(fieldsOf(await add('wrong.example', { primaries: [primary, primary] }))).toEqual([
    'primaries[1].host',
  ]);
});
