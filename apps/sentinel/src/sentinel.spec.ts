import { Story } from './testing/story';
import { TestPrimary } from './testing/primary';

let story: Story;
let primary: TestPrimary;
let tenant: string;
let domain: string;

beforeAll(async () => void (story = await Story.begin()));
afterAll(() => story?.end());
beforeEach(async () => {
  story.heard.length = story.logged.length = story.sink.received.length = 0;
  primary = await TestPrimary.start();
  tenant = await story.tenant(['postmaster@contact.test']);
  domain = await story.domain(tenant, primary.port);
});
afterEach(async () => {
  await story.stopSentinels();
  await primary.close();
  // The next story begins with nothing held, so that no sentinel is busy with this one.
  await story.db.query('truncate tenants, messages, deliveries, settled_deliveries, attempts cascade');
});

const isOpen = async (): Promise<boolean> =>
  (await story.outages(domain)).some(({ ended_at }) => ended_at === null);
const isClosed = async (): Promise<boolean> =>
  (await story.outages(domain)).some(({ ended_at }) => ended_at !== null);
const isDrained = async (): Promise<boolean> =>
  (await story.outages(domain)).every(({ drained_at }) => drained_at !== null);
const told = (name: string) =>
  story.heard.filter((heard) => heard.name === name).map(({ payload }) => payload);
const unreachable = (): Promise<unknown> =>
  story.db.query(`select pg_notify('holdfast_unreachable', $1)`, [JSON.stringify({ domain, cause: 'x' })]);

describe('an outage', () => {
  it('is told from its first held message to its last delivery, in one thread', async () => {
    story.startSentinel();
    await primary.becomes('refuses');
    const deliveries = await story.holds(tenant, domain, 3);
    await story.until('the outage is open', isOpen);
    expect(await story.outages(domain)).toMatchObject([{ cause: 'connection refused', messages_held: 3 }]);
    await story.until('the contact is told', () => story.sink.received.length === 1);

    deliveries.push(...(await story.holds(tenant, domain, 2)));
    await story.until(
      'all five are counted',
      async () => (await story.outages(domain))[0]?.messages_held === 5,
    );

    await primary.becomes('answers');
    await story.until('the outage has ended', isClosed);
    await story.until('the relay has heard it', () => told('primary').length === 2);
    expect(told('primary')).toEqual([
      { domain, up: false },
      { domain, up: true },
    ]);
    await story.pass(3_000);
    expect(await story.outages(domain)).toMatchObject([{ drained_at: null }]);

    await story.delivers(deliveries.slice(0, 4));
    await story.delivers(deliveries.slice(4), 'refused');
    await story.until('it is drained', isDrained);
    await story.until('the contact is told again', () => story.sink.received.length === 2);
    expect(await story.outages(domain)).toMatchObject([{ messages_held: 5, messages_delivered: 4 }]);

    const [began, done] = story.sink.received;
    expect(began?.headers.get('auto-submitted')).toBe('auto-generated');
    expect(began?.from?.value).toEqual([{ name: 'Holdfast', address: 'notifications@mx.holdfast.test' }]);
    expect(began?.subject).toMatch(/^Your mail is safe: d\d+\.test does not answer, we hold its mail$/);
    expect(began?.text).toMatch(
      /^Your mail is safe\. d\d+\.test has not answered since \d\d:\d\d UTC; 3\smessages\sare\sheld\shere\./,
    );
    expect(began?.text).toContain('connection refused');
    expect(done?.text?.replaceAll('\n', ' ')).toMatch(
      /^Nothing waits any more: 4 messages delivered, 1 message refused by your server\./,
    );
    expect([done?.inReplyTo, done?.references]).toEqual([began?.messageId, began?.messageId]);

    // The sink has a mail a moment before the table says so.
    await story.until('both mails are noted as sent', async () =>
      (await story.notifications(tenant)).every(({ sent_at }) => sent_at !== null),
    );
    await story.pass(10_000);
    expect(story.sink.received).toHaveLength(2);
  });

  it('is not made of one lost packet', async () => {
    story.startSentinel();
    await story.holds(tenant, domain, 1);
    await primary.becomes('closes');
    await story.until('one probe has failed', () =>
      story.logged.some(({ event }) => event === 'probe-failed'),
    );
    await primary.becomes('answers');
    await story.pass(15_000);
    expect(await story.outages(domain)).toEqual([]);
    expect(await story.notifications(tenant)).toEqual([]);
  });

  it('is noticed at once when the relay brings evidence', async () => {
    story.startSentinel();
    await story.holds(tenant, domain, 1);
    await story.until('the primary is known to be up', () => primary.connections > 0);
    await story.pass(3_000);
    await primary.becomes({ greets: '421 4.3.2 Shutting down' });
    const before = story.clock.now();
    await unreachable();
    await story.until('the outage is open', isOpen, 10);
    expect(story.clock.now() - before).toBeLessThan(4_000);
    expect(await story.outages(domain)).toMatchObject([{ cause: 'greets with 421 4.3.2 Shutting down' }]);
  });

  it('knows where its primary was looked for, and ends at once when somebody says that it is back', async () => {
    story.startSentinel();
    await primary.becomes({ greets: '421 4.3.2 Shutting down' });
    await story.holds(tenant, domain, 1);
    await story.until('the outage is open', isOpen);
    const { rows } = await story.db.query(
      'select host(a) as address from outages, unnest(primary_addresses) a',
    );
    expect(rows).toEqual([{ address: '127.0.0.1' }]);
    let before = primary.connections;
    await story.until('it is looked at', () => primary.connections > before);
    // The next look is due in more than two seconds.
    await story.pass(1_200);
    await primary.becomes('answers');
    before = primary.connections;
    await story.db.query(`select pg_notify('holdfast_hinted', $1)`, [JSON.stringify({ domains: [domain] })]);
    await story.until('it is looked at without any time going by', () => primary.connections > before, 0);
    await story.until('the outage has ended', isClosed);
  });

  it('goes on after a restart of the sentinel, and ends there', async () => {
    story.startSentinel();
    await primary.becomes('refuses');
    const deliveries = await story.holds(tenant, domain, 1);
    await story.until('the contact is told', () => story.sink.received.length === 1);
    await story.stopSentinels();

    await primary.becomes('answers');
    story.startSentinel();
    await story.until('the outage has ended', isClosed);
    await story.stopSentinels();

    await story.delivers(deliveries);
    story.startSentinel();
    await story.until('it is drained', isDrained);
    await story.until('the contact is told', () => story.sink.received.length === 2);
    expect(await story.outages(domain)).toHaveLength(1);
    expect((await story.notifications(tenant)).map(({ kind }) => kind)).toEqual([
      'holding-began',
      'all-delivered',
    ]);
  });

  it('is one, and told once, with two sentinels', async () => {
    story.startSentinel();
    story.startSentinel({ worker: 1 });
    await primary.becomes('refuses');
    const deliveries = await story.holds(tenant, domain, 2);
    await story.until('the outage is open', isOpen);
    await story.pass(5_000);
    await primary.becomes('answers');
    await story.until('the outage has ended', isClosed);
    await story.delivers(deliveries);
    await story.until('it is drained', isDrained);
    await story.until('both mails are out', () => story.sink.received.length === 2);
    await story.pass(10_000);
    expect(await story.outages(domain)).toHaveLength(1);
    expect(story.sink.received.map(({ subject }) => subject?.split(':')[0])).toEqual([
      'Your mail is safe',
      'All delivered',
    ]);
    expect(told('primary')).toEqual([
      { domain, up: false },
      { domain, up: true },
    ]);
  });

  it('that comes again before it drained is the same story for its readers', async () => {
    story.startSentinel();
    const deliveries = await story.holds(tenant, domain, 1);
    for (let round = 1; round <= 2; round++) {
      await primary.becomes('refuses');
      await story.until('an outage is open', isOpen);
      await primary.becomes('answers');
      await story.until('it has ended', async () => !(await isOpen()));
    }
    await story.delivers(deliveries);
    await story.until('all is drained', isDrained);
    await story.until('two mails are out', () => story.sink.received.length === 2);
    await story.pass(5_000);
    expect(await story.outages(domain)).toHaveLength(2);
    expect((await story.notifications(tenant)).map(({ kind }) => kind)).toEqual([
      'holding-began',
      'all-delivered',
    ]);
  });

  it('survives that Postgres drops every connection', async () => {
    story.startSentinel();
    await primary.becomes('refuses');
    const deliveries = await story.holds(tenant, domain, 1);
    await story.until('the outage is open', isOpen);
    await story.db.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'holdfast_sentinel' and datname = current_database()`,
    );
    await primary.becomes('answers');
    await story.until('the outage has ended', isClosed);
    await story.delivers(deliveries);
    await story.until('it is drained', isDrained);
    await story.until('both mails are out', () => story.sink.received.length === 2);
  });
});

describe('nobody is told', () => {
  it('of mail that a primary deferred and took later', async () => {
    story.startSentinel();
    const deliveries = await story.holds(tenant, domain, 1);
    await story.until('it was looked at', () => primary.connections > 0);
    await story.delivers(deliveries);
    await story.pass(10_000);
    expect(await story.notifications(tenant)).toEqual([]);
  });

  it('through an address whose mail we hold; the row says why, and the end is not told either', async () => {
    await story.db.query(`update domains set name = 'own.test' where id = $1`, [domain]);
    await story.db.query(`update contacts set email = 'me@Own.Test' where tenant_id = $1`, [tenant]);
    story.startSentinel();
    await primary.becomes('refuses');
    const deliveries = await story.holds(tenant, domain, 1);
    await story.until('the outage is open', isOpen);
    await primary.becomes('answers');
    await story.until('the outage has ended', isClosed);
    await story.delivers(deliveries);
    await story.until('it is drained', isDrained);
    await story.pass(5_000);
    expect(await story.notifications(tenant)).toMatchObject([
      {
        kind: 'holding-began',
        sent_at: null,
        skipped_because: expect.stringContaining('would be held here'),
      },
    ]);
    expect(story.sink.received).toEqual([]);
  });

  it('who never confirmed the address', async () => {
    await story.db.query(`update contacts set verified_at = null where tenant_id = $1`, [tenant]);
    story.startSentinel();
    await primary.becomes('refuses');
    await story.holds(tenant, domain, 1);
    await story.until('the outage is open', isOpen);
    await story.pass(5_000);
    expect(await story.notifications(tenant)).toEqual([]);
  });
});

it('tells the relay that a primary is there which it could not reach for a moment', async () => {
  story.startSentinel();
  await story.holds(tenant, domain, 1);
  await story.until('it was looked at', () => primary.connections > 0);
  await unreachable();
  await story.until('the relay is told', () => told('primary').length > 0);
  expect(told('primary')).toEqual([{ domain, up: true }]);
  expect(await story.outages(domain)).toEqual([]);
});
