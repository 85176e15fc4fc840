import { retryAfterSeconds } from '@holdfast/queue';
import { dayMs, hourMs, Month } from './testing/month';
import { destinationId, Reporter } from './reporter';
import { node } from './testing/scene';

let month: Month;

beforeEach(async () => {
  month = await Month.begin();
});
afterEach(() => month?.end());

const refused = () => month.count(`settled_deliveries where state = 'refused'`);
/** What has arrived at the senders' server, by who was told. */
const told = () => month.senders.received.map(({ rcptTo }) => rcptTo.join()).sort();

it('tells the sender of a refusal, in one report for all recipients of the message', async () => {
  await month.take({ to: ['refuse+1', 'refuse+2', 'fine'], ret: 'full' });
  await month.until('the refusals', async () => (await refused()) === 2);
  await month.reported();
  expect(told()).toEqual(['ann@elsewhere.test']);
  const raw = month.senders.received[0]?.raw.toString() ?? '';
  expect(raw.match(/^Final-Recipient: .*$/gm)).toEqual([
    'Final-Recipient: rfc822; refuse+1@held.test',
    'Final-Recipient: rfc822; refuse+2@held.test',
  ]);
  expect(raw).toContain('Diagnostic-Code: smtp; 550 5.1.1 User unknown');
  expect(raw).toContain('Content-Type: message/rfc822\r\n');
  expect(raw).toContain('\r\nHello\r\n');
  await month.bodiesGone();
});

it('writes down why a sender is not told, and lets the body go', async () => {
  await month.take({ to: ['refuse'], symbols: { R_SPF_SOFTFAIL: 0 } });
  await month.take({ to: ['refuse'], from: '' });
  await month.take({ to: ['refuse'], notify: ['never'] });
  await month.take({ to: ['refuse'], header: 'List-Id: <l.elsewhere.test>\r\n' });
  await month.until('the refusals', async () => (await refused()) === 4);
  await month.reported();
  expect(told()).toEqual([]);
  const rows = await month.scene.rows<{ because: string }>(
    'select withheld_because as because from reports order by 1',
  );
  expect(rows.map(({ because }) => because)).toEqual([
    expect.stringMatching(/mailing list/),
    expect.stringMatching(/might hit a stranger/),
    expect.stringMatching(/no sender/),
    expect.stringMatching(/asked not to be told/),
  ]);
  await month.bodiesGone();
});

it('is no flood: so many an hour to one destination, the rest is the tenant’s to see', async () => {
  for (let n = 0; n < 25; n++) await month.take({ to: ['refuse'] });
  await month.until('the refusals', async () => (await refused()) === 25);
  await month.reported();
  expect(month.senders.count).toBe(20);
  expect(await month.count(`reports where withheld_because like 'There were too many%'`)).toBe(5);
  month.pass(2 * hourMs);
  await month.take({ to: ['refuse'] });
  await month.until('one more', async () => (await refused()) === 26);
  await month.reported();
  expect(month.senders.count).toBe(21);
});

it('is made once although the power goes while it is made', async () => {
  await month.take({ to: ['refuse'] });
  // A reporter whose machine dies when the report is on disk and Postgres does not know yet.
  await month.relay.reporter.end();
  await month.until('the refusal', async () => (await refused()) === 1);
  const { spool } = month.scene;
  const dying = new Reporter({
    pool: month.relay.pool,
    spool: {
      body: (id) => spool.body(id),
      remove: (ids) => spool.remove(ids),
      markRegistered: (ids) => spool.markRegistered(ids),
      put: async (entries) => {
        await spool.put(entries);
        throw new Error('the power is gone');
      },
    },
    node,
    hostname: node,
    log: Object.assign(() => undefined, { flush: async () => undefined }),
    clock: month.clock,
    onMade: () => undefined,
  });
  await expect(dying.round()).rejects.toThrow('the power is gone');
  const [left] = await month.scene.rows<{ report_id: string }>('select report_id from reports');
  expect(spool.has(left?.report_id ?? '')).toBe(true);
  await month.scene.endRelays();
  await month.startRelay();
  await month.reported();
  await month.relay.reporter.round();
  expect(told()).toEqual(['ann@elsewhere.test']);
  await month.bodiesGone();
});

it('is tried again by the table while the sender’s server is away, and dies quietly in the end', async () => {
  await month.senders.down();
  await month.take({ to: ['refuse'] });
  await month.until(
    'a try',
    async () =>
      (await month.count(`deliveries where attempts = 1 and domain_id = $1`, [
        destinationId('elsewhere.test'),
      ])) === 1,
  );
  await month.senders.up();
  month.pass(retryAfterSeconds(1) * 1_000);
  await month.reported();
  expect(told()).toEqual(['ann@elsewhere.test']);

  await month.senders.down();
  await month.take({ to: ['refuse'] });
  await month.until('the refusal', async () => (await refused()) === 2);
  await month.until(
    'its report',
    async () => (await month.count('reports where report_id is not null and decided_at is not null')) === 2,
  );
  month.pass(6 * dayMs);
  await month.until(
    'its end',
    async () => (await month.count(`settled_deliveries where state = 'expired'`)) === 1,
    10_000,
  );
  await month.reported();
  expect(await month.count('reports where report_id is not null')).toBe(2);
});

it('goes to no private address, wherever DNS leads', async () => {
  await month.scene.endRelays();
  month.relay = await month.scene.startRelay(
    { HOLDFAST_DNS_SERVERS: month.dns.server, HOLDFAST_ALLOW_PRIVATE_PRIMARIES: 'off' },
    { clock: month.clock, mxPort: month.senders.port },
  );
  const id = await month.take({ to: ['tempfail'] });
  await month.scene.owner.query('update deliveries set expires_at = $1', [new Date(month.clock.now())]);
  month.pass(31 * dayMs);
  await month.relay.sweeper.sweep();
  await month.until(
    'a try',
    async () =>
      (await month.count(`deliveries where attempts = 1 and domain_id = $1`, [
        destinationId('elsewhere.test'),
      ])) === 1,
  );
  const [row] = await month.scene.rows<{ last_reply: string }>(
    'select last_reply from deliveries where message_id <> $1',
    [id],
  );
  expect(row?.last_reply).toMatch(/private or reserved/);
  expect(month.senders.sessions).toBe(0);
});

it('is not made of a no that speaks of us: the mail waits, and the objection is kept for its people', async () => {
  await month.take({ to: ['blocked'] });
  await month.until('it is kept', async () => (await month.count('primary_objections')) === 1);
  const [row] = await month.scene.rows<object>('select rule, reply, times from primary_objections');
  expect(row).toEqual({ rule: 'blocks-us', reply: expect.stringContaining('blocked using'), times: 1 });
  expect(await month.scene.states(month.domain.id)).toEqual({ held: 1 });
  expect(await month.count('reports')).toBe(0);
});
