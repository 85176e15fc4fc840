import { claimDue, settle } from '@holdfast/queue';
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

const replay = (body: object, as = one.person) => app.ask(as, 'POST', '/api/v1/deliveries/replays', body);
const keep = (hours: number) =>
  app.ask(one.person, 'PATCH', `/api/v1/domains/${one.domain}`, { keepDeliveredHours: hours });

async function deliver(): Promise<string> {
  const [id = ''] = await app.mail(one.id, one.domainId, ['a@one.example']);
  await claimDue(app.owner, {
    domainId: one.domainId,
    node: 'node-1',
    worker: 'w',
    limit: 9,
    leaseSeconds: 60,
  });
  await settle(app.owner, [{ deliveryId: id, kind: 'delivered', reply: '250 ok', with: 'mx:25' }], 'w');
  return id;
}

it('is refused to another tenant, and without a domain or deliveries of one’s own', async () => {
  await keep(24);
  const id = await deliver();
  expect((await replay({ domain: one.domain }, two.person)).status).toBe(404);
  expect((await replay({ deliveries: [id] }, two.person)).body).toEqual({ changed: 0 });
  expect((await replay({ deliveries: [id] })).body).toEqual({ changed: 1 });
});

it.each([
  ['deliveries', {}],
  ['deliveries', { domain: 'one.example', deliveries: ['018f0000-0000-7000-8000-000000000001'] }],
  ['since', { deliveries: ['018f0000-0000-7000-8000-000000000001'], since: '2026-11-25T10:00:00Z' }],
  ['since', { domain: 'one.example', since: 'yesterday' }],
])('names %s when that is wrong', async (field, wrong) => {
  const { status, body } = await replay(wrong);
  expect([status, body.errors[0].field]).toEqual([400, field]);
});

it('sends again what a domain keeps, within a time, and the trail says so', async () => {
  expect((await keep(24)).body.keepDeliveredHours).toBe(24);
  const id = await deliver();
  const before = new Date(Date.now() - 60_000).toISOString();
  expect((await replay({ domain: one.domain, until: before })).body).toEqual({ changed: 0 });
  expect((await replay({ domain: one.domain, since: before })).body).toEqual({ changed: 1 });
  expect((await replay({ domain: one.domain })).body).toEqual({ changed: 0 });
  const { body } = await app.ask(
    one.person,
    'GET',
    `/api/v1/deliveries?domain=${one.domain}&state=held&limit=1`,
  );
  const detail = await app.ask(one.person, 'GET', `/api/v1/deliveries/${body.items[0].deliveryId}`);
  expect(detail.body).toMatchObject({
    replayOf: id,
    trail: [{ event: 'received', text: expect.stringContaining('Sent again, because the primary lost it.') }],
  });
  expect(new Date(detail.body.expiresAt).getTime()).toBeGreaterThan(Date.now() + 29 * 86_400_000);
});

it('keeps nothing any more from the moment on at which the tenant says so', async () => {
  await keep(24);
  await deliver();
  await keep(0);
  expect((await replay({ domain: one.domain })).body).toEqual({ changed: 0 });
  expect((await keep(73)).status).toBe(400);
});

it('shows in the trail of what failed whether its sender was told', async () => {
  const [told = '', silent = ''] = await app.mail(one.id, one.domainId, ['x@one.example', 'y@one.example']);
  await settle(
    app.owner,
    [told, silent].map((deliveryId) => ({
      deliveryId,
      kind: 'refused' as const,
      reply: '550 5.1.1 no',
      with: 'mx:25',
    })),
    'w',
  );
  const trailOf = async (id: string) =>
    (await app.ask(one.person, 'GET', `/api/v1/deliveries/${id}`)).body.trail.slice(1);
  expect(await trailOf(told)).toMatchObject([{ event: 'refused' }]);
  await app.owner.query(
    `update reports set decided_at = now(), withheld_because = case delivery_id when $1 then 'A mailing list sent it' end`,
    [silent],
  );
  expect(await trailOf(told)).toMatchObject([
    { event: 'refused' },
    { event: 'reported', text: 'The sender was told.' },
  ]);
  expect(await trailOf(silent)).toMatchObject([
    { event: 'refused' },
    { event: 'withheld', text: 'The sender was not told. A mailing list sent it.' },
  ]);
});
