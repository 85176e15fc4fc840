/**
 * A month in seconds, told as docs/retries.md tells it: relay and sentinel as they are, on one clock that the story moves. A primary goes
 * down on day 0 and never comes back. Its people are warned 72 and 24 hours before the end; on day 30 the sender who has proven who
 * it is gets a report at its own mail server, and the one that bears a stranger's address does not.
 *
 * Both programs run in this process, because the clock of a started house is the machine's.
 */
/* eslint-disable @nx/enforce-module-boundaries */
import { openLog } from '@holdfast/daemon';
import { startFakePrimary, type FakePrimary } from '@holdfast/fake-primary';
import { simpleParser, type ParsedMail } from 'mailparser';
import { dayMs, hourMs, minuteMs, Month } from '../../apps/relay/src/testing/month';
import { readSentinelConfig } from '../../apps/sentinel/src/config';
import { openSentinel, type Sentinel } from '../../apps/sentinel/src/sentinel';

let month: Month;
let inbox: FakePrimary;
let sentinel: Sentinel;
let began: number;

beforeAll(async () => {
  [month, inbox] = await Promise.all([Month.begin(), startFakePrimary({ hostname: 'contact.test' })]);
  await month.primary.down();
  await month.scene.owner.query(
    `insert into contacts (tenant_id, email, verified_at) values ($1, 'postmaster@contact.test', now())`,
    [month.domain.tenantId],
  );
  const config = readSentinelConfig({
    DATABASE_URL: month.scene.database.urlAs('sentinel'),
    HOLDFAST_HOSTNAME: 'mx.holdfast.test',
    HOLDFAST_DNS_SERVERS: month.dns.server,
    HOLDFAST_ALLOW_PRIVATE_PRIMARIES: 'on',
    HOLDFAST_NOTIFY_SMTP_URL: `smtp://127.0.0.1:${inbox.port}`,
  });
  sentinel = openSentinel(config, openLog('sentinel', 'error'), { clock: month.clock });
  began = month.clock.now();
  await month.take({ to: ['a'] });
  await month.take({ to: ['a'], from: 'victim@elsewhere.test', symbols: { R_SPF_FAIL: 1 } });
});

afterAll(async () => {
  await sentinel?.stop();
  await month?.end();
  await inbox?.close();
});

const mails = (): Promise<ParsedMail[]> => Promise.all(inbox.received.map(({ raw }) => simpleParser(raw)));
/** Moves to that moment of the story, and lets its people be told as much. */
async function on(day: number, told: string[]): Promise<void> {
  month.pass(began + day * dayMs - month.clock.now());
  await month.until(`day ${day}`, async () => inbox.count >= told.length);
  expect((await mails()).map(({ subject }) => subject)).toEqual(told);
}

const first = 'Your mail is safe: held.test does not answer, we hold its mail';
const third = 'In three days we give up held mail of held.test: 2 messages';
const last = 'Tomorrow we give up held mail of held.test: 2 messages';
const digest = 'Not delivered to held.test: 2 messages given up for age';

it('is told on day 0 that mail is held, and nothing more for weeks', async () => {
  await on(0, [first]);
  await on(14, [first]);
  await on(27 - 2 / 24, [first]);
});

it('is warned 72 and 24 hours before the end', async () => {
  await on(27 + 1 / 24, [first, third]);
  await on(29 - 2 / 24, [first, third]);
  await on(29 + 1 / 24, [first, third, last]);
  const [, warning] = await mails();
  expect(warning?.text).toContain('nothing: it could not be reached');
});

it('ends on day 30: the proven sender is told at its own server, the stranger is not, and the tenant hears of both', async () => {
  await on(30 - 1 / 24, [first, third, last]);
  expect(await month.scene.states(month.domain.id)).toEqual({ held: 2 });
  month.pass(hourMs + 2 * minuteMs);
  await month.until(
    'the end',
    async () => (await month.scene.states(month.domain.id))['expired'] === 2,
    1_000,
  );
  await month.reported();
  expect(month.senders.received.map(({ mailFrom, rcptTo }) => [mailFrom, rcptTo])).toEqual([
    ['', ['ann@elsewhere.test']],
  ]);
  const report = month.senders.received[0]?.raw.toString();
  expect(report).toMatch(/^Content-Type: multipart\/report; report-type=delivery-status;/m);
  expect(report).toMatch(/^Final-Recipient: rfc822; a@held.test\r\nAction: failed\r\nStatus: 4.4.7\r\n/m);
  await on(31, [first, third, last, digest]);
  expect((await mails())[3]?.text).toMatch(/The senders of 1 were told/);
  await month.bodiesGone();
  // Not one attempt: an outage is no attempt.
  expect(await month.count('attempts')).toBe(0);
});
