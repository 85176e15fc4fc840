import { readFileSync } from 'node:fs';
import { claimDue, domainsToExpire, expireDue, pullLever, settle } from '@holdfast/queue';
import { TestPrimary } from '../testing/primary';
import { Story } from '../testing/story';
import { warningHours } from './expiring';

const hour = 3_600_000;
const day = 24 * hour;

let story: Story;
let primary: TestPrimary;
let tenant: string;
let domain: string;

beforeEach(async () => {
  story = await Story.begin();
  primary = await TestPrimary.start();
  tenant = await story.tenant(['postmaster@contact.test']);
  domain = await story.domain(tenant, primary.port, 'held.test');
});
afterEach(async () => {
  await story?.end();
  await primary?.close();
});

const told = async () =>
  (await story.rows<{ kind: string; subject: string; text_body: string; created_at: Date; fact: string }>(
    'select * from notifications where tenant_id = $1 order by created_at, id',
    [tenant],
  )) ?? [];
const isTold = (n: number): Promise<void> =>
  story.until(`${n} mails are written`, async () => (await told()).length === n);
/** Lets this much time pass at one stroke, and then a minute: a whole round of looking begins and ends at the new time. */
const later = async (ms: number): Promise<void> => {
  story.clock.advance(ms);
  await story.pass(2_000);
  story.clock.advance(61_000);
  await story.pass(2_000);
};

it('tells 72 and 24 hours before the oldest is given up, once each, with the number of all; and a day’s digest after', async () => {
  const began = story.clock.now();
  const [first = '', second = ''] = await story.holds(tenant, domain, 3);
  await pullLever(story.db, 'hold', { deliveries: [second] });
  await story.startSentinel();
  await later(27 * day - hour - (story.clock.now() - began));
  expect(await told()).toEqual([]);
  await later(2 * hour);
  await isTold(1);
  await later(day);
  expect(await told()).toHaveLength(1);
  await later(29 * day + hour - (story.clock.now() - began));
  await isTold(2);
  await later(22 * hour);
  const mails = await told();
  expect(mails.map(({ subject }) => subject)).toEqual([
    'In three days we give up held mail of held.test: 3 messages',
    'Tomorrow we give up held mail of held.test: 3 messages',
  ]);
  expect(mails[0]?.text_body).toMatch(/Of those, held by your word: +1 message/);
  expect(mails[0]?.created_at.getTime()).toBeLessThanOrEqual(began + 27 * day + 2 * hour);

  // One is refused, the others come of age.
  const asOf = new Date(began + 30 * day + hour);
  await settle(
    story.db,
    [{ deliveryId: first, kind: 'refused', reply: '550 5.1.1 <r@d.test>: User unknown', with: 'mx:25' }],
    'w',
    asOf,
  );
  for (const one of await domainsToExpire(story.db, asOf))
    expect(await expireDue(story.db, { ...one, node: 'node-1', asOf })).toHaveLength(2);
  await later(asOf.getTime() - story.clock.now() + 20 * 60_000);
  await isTold(3);
  const digest = (await told())[2];
  expect(digest?.subject).toBe(
    'Not delivered to held.test: 1 message refused by your server and 2 messages given up for age',
  );
  expect(digest?.text_body).toContain('550 5.1.1 <r@d.test>: User unknown');
  expect(digest?.text_body).toContain('None of their senders was told');
  await later(2 * day);
  expect(await told()).toHaveLength(3);
});

it('warns of mail of every hour in time, with one mail a day', async () => {
  const began = story.clock.now();
  for (let n = 0; n < 12; n++) {
    await story.holds(tenant, domain, 1);
    story.clock.advance(6 * hour);
  }
  await story.startSentinel();
  for (let at = 26 * day; at < 34 * day; at += 6 * hour) await later(began + at - story.clock.now());
  const warnings = (await told()).map(({ fact, created_at }) => {
    const [, hours, until] = /expiry-(\d+)\..*\.(\d+)$/.exec(fact) ?? [];
    return { hours: Number(hours), until: Number(until) * 1_000, at: created_at.getTime() };
  });
  const expiries = Array.from({ length: 12 }, (_, n) => began + n * 6 * hour + 30 * day);
  for (const hours of [72, 24]) {
    const own = warnings.filter((warning) => warning.hours === hours);
    // Twelve messages over three days.
    expect(own.length).toBeLessThanOrEqual(4);
    for (const expiry of expiries) {
      const first = own.find(({ until }) => until >= expiry - 1_000);
      // The spec looks every six hours.
      expect(first?.at).toBeLessThanOrEqual(expiry - hours * hour + 7 * hour);
    }
  }
});

it('is one mail for two sentinels, and over a restart', async () => {
  await story.holds(tenant, domain, 1);
  story.clock.advance(28 * day);
  await story.startSentinel();
  await story.startSentinel();
  await isTold(1);
  await story.stopSentinels();
  await story.startSentinel();
  await later(60_000);
  expect(await told()).toHaveLength(1);
});

it('writes no mail for spam that ends in quarantine, nor to nobody, nor when the retention was made longer', async () => {
  const [id = ''] = await story.holds(tenant, domain, 1);
  await story.db.query(`update deliveries set state = 'quarantined' where id = $1`, [id]);
  await story.db.query('update domain_counters set held = 0, quarantined = 1 where domain_id = $1', [domain]);
  const lonely = await story.tenant([]);
  await story.holds(lonely, await story.domain(lonely, primary.port), 1);
  const patient = await story.tenant(['a@contact.test']);
  await story.holds(patient, await story.domain(patient, primary.port), 1);
  await story.db.query('update tenants set retention_days = 60 where id = $1', [patient]);
  story.clock.advance(29 * day + hour);
  await story.startSentinel();
  await later(2 * 60_000);
  expect(await story.rows('select kind from notifications')).toEqual([]);
});

it('tells once what a primary objects to, and again when it comes back after days of peace', async () => {
  const [id = ''] = await story.holds(tenant, domain, 1);
  const hear = async (): Promise<void> => {
    const asOf = new Date(story.clock.now());
    await claimDue(story.db, {
      domainId: domain,
      node: 'node-1',
      worker: 'w',
      limit: 1,
      leaseSeconds: 60,
      asOf,
    });
    const reply = '554 5.7.1 Client host [192.0.2.1] blocked using bl.example.test';
    const outcome = {
      kind: 'deferred' as const,
      reply,
      with: 'mx:25',
      retryAfterSeconds: 0,
      objection: 'blocks-us',
    };
    await settle(story.db, [{ deliveryId: id, ...outcome }], 'w', asOf);
  };
  await hear();
  await story.startSentinel();
  await later(5 * 60_000);
  expect(await told()).toEqual([]);
  await later(10 * 60_000);
  await isTold(1);
  await hear();
  await later(day);
  const [mail] = await told();
  expect(mail?.subject).toBe('Your server for held.test objects to us: mail waits here until that is mended');
  expect(mail?.text_body).toContain('an allow-list entry there mends it');
  expect(await told()).toHaveLength(1);
  await later(4 * day);
  await hear();
  await later(15 * 60_000);
  await isTold(2);
});

it('does what docs/retries.md says', () => {
  const page = readFileSync(new URL('../../../../docs/retries.md', import.meta.url), 'utf8');
  const hours = [...page.matchAll(/^\| (\d+) hours +\|/gm)].map(([, number]) => Number(number));
  expect(hours).toEqual([...warningHours].sort((a, b) => b - a));
});
