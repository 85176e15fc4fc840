import { newMessageId } from '@holdfast/mail';
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
beforeEach(async () => {
  await app.owner.query('truncate deliveries, settled_deliveries, attempts, messages, jobs');
  await app.owner.query(
    'update domain_counters set received = 0, held = 0, held_bytes = 0, sending = 0, quarantined = 0, discarded = 0',
  );
});

/** A queue as an outage leaves it, written directly: a hundred thousand registrations would be the story of another spec. */
async function holds(tenant: typeof one, count: number): Promise<void> {
  const prefix = newMessageId(Date.now() - 60_000).slice(0, 13);
  await app.owner.query(
    `with d as (
       insert into deliveries (id, message_id, tenant_id, domain_id, node, recipient, bytes, state, next_attempt_at, expires_at)
       select ($1 || '-7000-8000-' || lpad(to_hex(n * 65536 + 1), 12, '0'))::uuid, ($1 || '-7000-8000-' || lpad(to_hex(n * 65536), 12, '0'))::uuid,
         $2, $3, 'node-1', 'r' || n || '@one.example', 10, 'held', now(), now() + interval '1 day'
       from generate_series(1::bigint, $4::bigint) n returning 1
     )
     update domain_counters set received = $4::bigint, held = $4::bigint, held_bytes = 10 * $4::bigint where domain_id = $3`,
    [prefix, tenant.id, tenant.domainId, count],
  );
}
const start = (as: typeof one.person, body: object) => app.ask(as, 'POST', '/api/v1/jobs', body);
const stats = async () => (await app.ask(one.person, 'GET', '/api/v1/deliveries/stats')).body;

async function ended(id: string) {
  for (;;) {
    const { body } = await app.ask(one.person, 'GET', `/api/v1/jobs/${id}`);
    if (body.endedAt) return body;
    await app.owner.query('select 1');
  }
}

it('another tenant starts, sees and stops nothing', async () => {
  await holds(one, 10);
  expect((await start(two.person, { action: 'discard', domain: one.domain })).status).toBe(404);
  const { body: job } = await start(one.person, { action: 'hold' });
  expect((await app.ask(two.person, 'GET', `/api/v1/jobs/${job.id}`)).status).toBe(404);
  expect((await app.ask(two.person, 'POST', `/api/v1/jobs/${job.id}/stop`)).status).toBe(404);
  expect((await app.ask(two.person, 'GET', '/api/v1/jobs')).body.items).toEqual([]);
  const auditor = await app.person('One', 'auditor@one.example', 'auditor');
  expect((await start(auditor, { action: 'discard' })).status).toBe(403);
  expect((await start(app.operator, { action: 'discard' })).body.errors[0].field).toBe('tenant');
});

it('moves all that fits, and nothing else; counters agree', async () => {
  await holds(one, 2_500);
  await app.mail(one.id, one.domainId, ['q@one.example'], true);
  const { status, body } = await start(one.person, { action: 'discard', domain: one.domain, state: 'held' });
  expect([status, body]).toMatchObject([202, { action: 'discard', domain: one.domain, expected: 2_500 }]);
  expect(await ended(body.id)).toMatchObject({ state: 'done', looked: 2_500, changed: 2_500 });
  expect(await stats()).toMatchObject({ held: 0, quarantined: 1, discarded: 2_500 });
});

it('a large domain is a job by itself, and what comes after is not meant', async () => {
  await holds(one, 5_001);
  const { body } = await app.ask(one.person, 'POST', '/api/v1/deliveries/actions', {
    action: 'hold',
    domain: one.domain,
  });
  expect(body).toEqual({ changed: 0, jobId: expect.any(String) });
  await app.mail(one.id, one.domainId, ['later@one.example']);
  expect(await ended(body.jobId)).toMatchObject({ state: 'done', changed: 5_001 });
  const { rows } = await app.owner.query('select count(*)::int as n from deliveries where not is_parked');
  expect(rows).toEqual([{ n: 1 }]);
});

it('stops when it is told to, between two pages', async () => {
  await holds(one, 100_000);
  const { body: job } = await start(one.person, { action: 'hold', domain: one.domain });
  for (;;) {
    const { body } = await app.ask(one.person, 'GET', `/api/v1/jobs/${job.id}`);
    if (body.looked > 0) break;
  }
  const { body: stopped } = await app.ask(one.person, 'POST', `/api/v1/jobs/${job.id}/stop`);
  expect(stopped.state).toBe('stopped');
  expect(stopped.changed).toBeGreaterThan(0);
  expect(stopped.changed).toBeLessThan(100_000);
  const { rows } = await app.owner.query('select count(*)::int as n from deliveries where is_parked');
  const { body: after } = await app.ask(one.person, 'GET', `/api/v1/jobs/${job.id}`);
  expect(rows).toEqual([{ n: after.changed }]);
});

it('goes on where it was when the process that worked it died', async () => {
  await holds(one, 3_000);
  const { rows } = await app.owner.query<{ id: string; after_id: string }>(
    `with page as (select id from deliveries order by id limit 1000),
       done as (update deliveries set is_parked = true where id in (select id from page) returning 1)
     insert into jobs (tenant_id, lever, domain_id, before_id, state, expected, looked, changed, after_id, made_by, lease_until, worked_at)
     values ($1, 'hold', $2, 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'running', 3000, 1000, 1000, (select max(id::text)::uuid from page), 'a person', now() - interval '1 second', now())
     returning id`,
    [one.id, one.domainId],
  );
  expect(await ended(String(rows[0]?.id))).toMatchObject({ state: 'done', looked: 3_000, changed: 3_000 });
});

it('one message is all its recipients', async () => {
  const [first] = await app.mail(one.id, one.domainId, ['a@one.example', 'b@one.example']);
  await app.mail(one.id, one.domainId, ['c@one.example']);
  const message = `${String(first).slice(0, -4)}0000`;
  const { rows } = await app.owner.query('select message_id from deliveries where id = $1', [first]);
  const messageId = rows[0].message_id;
  expect(messageId.slice(0, -4)).toBe(message.slice(0, -4));
  const answer = await app.ask(one.person, 'POST', '/api/v1/deliveries/actions', {
    action: 'hold',
    message: messageId,
  });
  expect(answer.body).toEqual({ changed: 2 });
  const list = await app.ask(one.person, 'GET', `/api/v1/deliveries?message=${messageId}`);
  expect(list.body.items.map(({ recipient }: { recipient: string }) => recipient).sort()).toEqual([
    'a@one.example',
    'b@one.example',
  ]);
});
