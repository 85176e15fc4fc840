import { openWave } from '@holdfast/queue';
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
beforeEach(() => app.owner.query('truncate refusal_waves, redirects'));

const wave = (tenant: typeof one) =>
  openWave(app.owner, {
    tenantId: tenant.id,
    domainId: tenant.domainId,
    rule: 'nobody-accepted',
    reply: '550 5.1.1 mailbox unavailable',
    saidBy: 'mail.example.org:25',
    refused: 10,
    knownRefused: 2,
    accepted: 0,
  });
const say = (as: typeof one.person, body: object) => app.ask(as, 'POST', '/api/v1/waves/decisions', body);

it('another tenant sees and decides nothing', async () => {
  await wave(one);
  expect((await app.ask(undefined, 'GET', '/api/v1/waves')).status).toBe(401);
  expect((await app.ask(two.person, 'GET', '/api/v1/waves')).body.items).toEqual([]);
  expect((await say(two.person, { domain: one.domain, decision: 'retry' })).status).toBe(404);
  expect(
    (await app.ask(two.person, 'PUT', `/api/v1/domains/${one.domain}/redirect`, { host: 'a.example' }))
      .status,
  ).toBe(404);
});

it('shows what the primary said, and takes the word of a member', async () => {
  await wave(one);
  await app.mail(one.id, one.domainId, ['a@one.example']);
  const member = await app.person('One', 'member@one.example', 'member');
  const { body } = await app.ask(member, 'GET', '/api/v1/waves?open=true');
  expect(body.items).toMatchObject([
    {
      domain: one.domain,
      reply: '550 5.1.1 mailbox unavailable',
      saidBy: 'mail.example.org:25',
      refused: 10,
      held: 1,
      decision: null,
    },
  ]);
  expect((await say(member, { domain: one.domain, decision: 'retry' })).body).toMatchObject({
    decision: 'retry',
  });
  expect((await say(member, { domain: one.domain, decision: 'retry' })).status).toBe(409);
  expect((await app.ask(member, 'GET', '/api/v1/waves?open=true')).body.items).toEqual([]);
  expect((await app.ask(member, 'GET', `/api/v1/waves?domain=${one.domain}`)).body.items).toHaveLength(1);
});

it('an auditor decides nothing, and a member does not say where mail goes', async () => {
  await wave(one);
  const auditor = await app.person('One', 'auditor@one.example', 'auditor');
  const member = await app.person('One', 'member2@one.example', 'member');
  expect((await say(auditor, { domain: one.domain, decision: 'give-up' })).status).toBe(403);
  const redirect = { domain: one.domain, decision: 'redirect', to: { host: 'standby.example.org' } };
  expect((await say(member, redirect)).status).toBe(403);
  expect((await say(one.person, redirect)).body.decision).toBe('redirect');
  expect((await app.ask(one.person, 'GET', '/api/v1/redirects')).body.items).toMatchObject([
    { domain: one.domain, host: 'standby.example.org', port: 25, until: 'taken-back' },
  ]);
});

it('sends elsewhere until it is taken back, or the outage ends', async () => {
  const path = `/api/v1/domains/${one.domain}/redirect`;
  const to = { host: 'standby.example.org', port: 2525 };
  expect((await app.ask(one.person, 'PUT', path, to)).body).toMatchObject({ until: 'taken-back' });
  expect((await app.ask(one.person, 'DELETE', path)).status).toBe(204);
  expect((await app.ask(one.person, 'GET', '/api/v1/redirects')).body.items).toEqual([]);
  expect((await app.ask(one.person, 'PUT', path, { ...to, until: 'outage-ends' })).body.errors[0].field).toBe(
    'until',
  );

  await app.owner.query(
    `insert into outages (tenant_id, domain_id, began_at, noticed_at, cause, received_before, delivered_before) values ($1, $2, now(), now(), 'x', 0, 0)`,
    [one.id, one.domainId],
  );
  expect((await app.ask(one.person, 'PUT', path, to)).body).toMatchObject({ until: 'outage-ends' });
  await app.owner.query('update outages set ended_at = now()');
  expect((await app.ask(one.person, 'GET', '/api/v1/redirects')).body.items).toEqual([]);
});

it.each([
  ['host', { host: '10.0.0.1' }],
  ['host', { host: 'localhost' }],
  ['host', { host: 'mx2.provider.test' }],
  ['port', { host: 'a.example', port: 0 }],
  ['until', { host: 'a.example', until: 'tomorrow' }],
])('names %s when the place cannot be one', async (field, wrong) => {
  const { status, body } = await app.ask(one.person, 'PUT', `/api/v1/domains/${one.domain}/redirect`, wrong);
  expect([status, body.errors[0].field]).toEqual([400, field]);
});

it('a place belongs to "redirect" and to nothing else', async () => {
  await wave(one);
  expect((await say(one.person, { domain: one.domain, decision: 'redirect' })).body.errors[0].field).toBe(
    'to',
  );
  expect(
    (await say(one.person, { domain: one.domain, decision: 'retry', to: { host: 'a.example' } })).status,
  ).toBe(400);
});
