import { RunningApp } from '../testing/running-app';

let app: RunningApp;
let one: Awaited<ReturnType<RunningApp['tenant']>>;
let two: Awaited<ReturnType<RunningApp['tenant']>>;

/** As the sentinel writes it. */
const outage = async (of: typeof one, beganAt: string, endedAt: string | null = null): Promise<string> => {
  const { rows } = await app.owner.query(
    `insert into outages (tenant_id, domain_id, began_at, noticed_at, ended_at, drained_at, cause, received_before, delivered_before, messages_held, messages_delivered)
     values ($1, $2, $3, $3, $4, $4, 'connection refused', 0, 0, $5, $5) returning id`,
    [of.id, of.domainId, beganAt, endedAt, endedAt ? 7 : 0],
  );
  return rows[0].id;
};

beforeAll(async () => {
  app = await RunningApp.start();
  one = await app.tenant('One');
  two = await app.tenant('Two');
});
afterAll(() => app?.stop());

it('another tenant sees none of them', async () => {
  await outage(one, '2026-11-01T10:00:00.123456Z', '2026-11-01T11:00:00Z');
  expect((await app.ask(two.person, 'GET', '/api/v1/outages')).body.items).toEqual([]);
  expect((await app.ask(two.person, 'GET', `/api/v1/outages?domain=${one.domain}`)).status).toBe(404);
});

it('an open one counts what came since it began, and stands beside its domain', async () => {
  const id = await outage(one, '2026-11-03T10:00:00Z');
  await app.mail(one.id, one.domainId, ['a@one.example', 'b@one.example']);
  const { body } = await app.ask(one.person, 'GET', '/api/v1/outages?open=true');
  expect(body.items).toMatchObject([
    {
      id,
      domain: one.domain,
      tenant: 'One',
      endedAt: null,
      drainedAt: null,
      cause: 'connection refused',
      messagesHeld: 2,
      delivered: 0,
    },
  ]);
  const domain = await app.ask(one.person, 'GET', `/api/v1/domains/${one.domain}`);
  expect(domain.body.outage).toMatchObject({ id, cause: 'connection refused', messagesHeld: 2 });
  expect(domain.body.oldestExpiresAt).toEqual(expect.any(String));
});

it('those that are over say what they held', async () => {
  const { body } = await app.ask(one.person, 'GET', `/api/v1/outages?open=false&domain=${one.domain}`);
  expect(body.items).toMatchObject([{ messagesHeld: 7, delivered: 7, endedAt: '2026-11-01T11:00:00.000Z' }]);
});

it('pages, newest first, also where times differ by a microsecond', async () => {
  for (let n = 0; n < 5; n++) await outage(two, `2026-10-01T10:00:00.00000${n}Z`, '2026-10-01T11:00:00Z');
  const began: string[] = [];
  let next: string | null = null;
  do {
    const { body } = await app.ask(
      app.operator,
      'GET',
      `/api/v1/outages?limit=2${next ? `&after=${next}` : ''}`,
    );
    began.push(...body.items.map(({ id }: { id: string }) => id));
    next = body.next;
  } while (next);
  expect(new Set(began).size).toBe(7);
  expect((await app.ask(two.person, 'GET', '/api/v1/outages?after=x')).body.errors[0].field).toBe('after');
});
