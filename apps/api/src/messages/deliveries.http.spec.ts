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

beforeEach(async () => {
  await app.owner.query('truncate deliveries, settled_deliveries, attempts, messages');
  await app.owner.query(
    'update domain_counters set received = 0, held = 0, held_bytes = 0, sending = 0, quarantined = 0, delivered = 0, refused = 0, expired = 0, discarded = 0',
  );
});

const recipientsOf = (answer: { body: { items: { recipient: string }[] } }) =>
  answer.body.items.map(({ recipient }) => recipient);

describe('another tenant', () => {
  it('sees and moves nothing, in no list, by no id, by no domain', async () => {
    const [mine] = await app.mail(one.id, one.domainId, ['a@one.example']);
    await app.mail(two.id, two.domainId, ['b@two.example']);
    expect(recipientsOf(await app.ask(two.person, 'GET', '/api/v1/deliveries'))).toEqual(['b@two.example']);
    expect((await app.ask(two.person, 'GET', `/api/v1/deliveries?domain=${one.domain}`)).status).toBe(404);
    expect((await app.ask(two.person, 'GET', `/api/v1/deliveries?domain=${one.domainId}`)).status).toBe(404);
    expect((await app.ask(two.person, 'GET', `/api/v1/deliveries?tenant=${one.id}`)).status).toBe(404);
    expect((await app.ask(two.person, 'GET', `/api/v1/deliveries/${mine}`)).status).toBe(404);
    expect((await app.ask(two.person, 'GET', '/api/v1/deliveries/stats')).body.held).toBe(1);
    expect((await app.ask(two.person, 'GET', `/api/v1/deliveries/stats?domain=${one.domain}`)).status).toBe(
      404,
    );
    const act = (body: object) => app.ask(two.person, 'POST', '/api/v1/deliveries/actions', body);
    expect((await act({ action: 'discard', deliveries: [mine] })).body).toEqual({ changed: 0 });
    expect((await act({ action: 'discard', domain: one.domain })).status).toBe(404);
    expect((await app.ask(one.person, 'GET', `/api/v1/deliveries/${mine}`)).body.state).toBe('held');
  });
});

describe('the list', () => {
  it('has what the operating surface says', async () => {
    const [id] = await app.mail(one.id, one.domainId, ['a@one.example']);
    const { body } = await app.ask(app.operator, 'GET', `/api/v1/deliveries?domain=${one.domain}&state=held`);
    expect(body.next).toBeNull();
    expect(body.items[0]).toMatchObject({
      deliveryId: id,
      messageId: expect.any(String),
      domain: one.domain,
      sender: 'sender@elsewhere.test',
      recipient: 'a@one.example',
      state: 'held',
      attempts: 0,
      nextAttemptAt: expect.any(String),
      lastReply: null,
      receivedAt: expect.any(String),
      bytes: 1234,
    });
  });

  it('pages over the tenants of a person of two, newest first, nothing twice', async () => {
    const both = await app.person('One', 'both@two.example', 'owner');
    await app.person('Two', 'both@two.example', 'owner');
    for (let n = 0; n < 4; n++) {
      await app.mail(one.id, one.domainId, [`${n}@one.example`]);
      await app.mail(two.id, two.domainId, [`${n}@two.example`]);
    }
    const ids: string[] = [];
    let next: string | null = null;
    do {
      const { body } = await app.ask(
        both,
        'GET',
        `/api/v1/deliveries?limit=3${next ? `&after=${next}` : ''}`,
      );
      ids.push(...body.items.map(({ deliveryId }: { deliveryId: string }) => deliveryId));
      next = body.next;
    } while (next);
    expect(ids).toHaveLength(8);
    expect(ids).toEqual([...ids].sort().reverse());
  });

  it.each([
    ['limit', '?limit=0'],
    ['limit', '?limit=501'],
    ['limit', '?limit=many'],
    ['state', '?state=lost'],
    ['after', '?after=elsewhere'],
    ['page', '?page=2'],
  ])('names %s in %s', async (field, query) => {
    const { status, body } = await app.ask(one.person, 'GET', `/api/v1/deliveries${query}`);
    expect([status, body.errors[0].field]).toEqual([400, field]);
  });
});

describe('one delivery', () => {
  it('tells its story', async () => {
    const [id] = await app.mail(one.id, one.domainId, ['a@one.example']);
    const claim = () =>
      claimDue(app.owner, {
        domainId: one.domainId,
        node: 'node-1',
        worker: 'w',
        limit: 1,
        leaseSeconds: 60,
      });
    await claim();
    const reply = '451 4.3.0 try later';
    await settle(
      app.owner,
      [
        {
          deliveryId: String(id),
          kind: 'deferred',
          reply,
          with: 'mail.one.example:25',
          retryAfterSeconds: 0,
        },
      ],
      'w',
    );
    await app.ask(one.person, 'POST', '/api/v1/deliveries/actions', { action: 'retry', deliveries: [id] });
    await claim();
    await settle(
      app.owner,
      [{ deliveryId: String(id), kind: 'delivered', reply: '250 2.0.0 ok', with: 'mail.one.example:25' }],
      'w',
    );
    const { body } = await app.ask(one.person, 'GET', `/api/v1/deliveries/${id}`);
    expect(body).toMatchObject({
      state: 'delivered',
      expiresAt: null,
      message: { scan: 'clean', clientAddress: '192.0.2.7' },
    });
    expect(body.trail).toMatchObject([
      { event: 'received', text: 'Received from mail.elsewhere.test, scanned, clean.' },
      { event: 'deferred', reply, primary: 'mail.one.example:25' },
      { event: 'delivered', reply: '250 2.0.0 ok', primary: 'mail.one.example:25' },
    ]);
  });

  it('is not here when its id is none', async () => {
    expect((await app.ask(one.person, 'GET', '/api/v1/deliveries/nonsense')).status).toBe(404);
  });
});

describe('levers', () => {
  const act = (body: object) => app.ask(one.person, 'POST', '/api/v1/deliveries/actions', body);

  it('hold, release, and discard', async () => {
    const [first] = await app.mail(one.id, one.domainId, ['a@one.example', 'b@one.example']);
    expect((await act({ action: 'hold', domain: one.domain })).body).toEqual({ changed: 2 });
    const held = await app.ask(one.person, 'GET', `/api/v1/deliveries/${first}`);
    expect(held.body).toMatchObject({ isParked: true, trail: [{}, { event: 'held' }] });
    expect((await act({ action: 'release', deliveries: [first] })).body).toEqual({ changed: 1 });
    expect((await act({ action: 'discard', domain: one.domainId })).body).toEqual({ changed: 2 });
    expect((await app.ask(one.person, 'GET', '/api/v1/deliveries/stats')).body).toEqual({
      held: 0,
      sending: 0,
      delivered: 0,
      refused: 0,
      expired: 0,
      discarded: 2,
      quarantined: 0,
    });
  });

  it('let quarantined mail go', async () => {
    const [id] = await app.mail(one.id, one.domainId, ['a@one.example'], true);
    expect((await app.ask(one.person, 'GET', `/api/v1/deliveries/${id}`)).body.state).toBe('quarantined');
    expect((await act({ action: 'release', deliveries: [id] })).body).toEqual({ changed: 1 });
  });

  it.each([
    ['action', { action: 'explode', domain: 'one.example' }],
    ['deliveries', { action: 'retry' }],
    [
      'deliveries',
      { action: 'retry', domain: 'one.example', deliveries: ['018f0000-0000-7000-8000-000000000001'] },
    ],
    ['deliveries', { action: 'retry', deliveries: ['nonsense'] }],
    ['deliveries', { action: 'retry', deliveries: [] }],
  ])('name %s when that is wrong', async (field, wrong) => {
    const { status, body } = await act(wrong);
    expect([status, body.errors[0].field]).toEqual([400, field]);
  });
});
