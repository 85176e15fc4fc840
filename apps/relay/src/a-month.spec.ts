/**
 * A month of one message, in seconds: held, tried again as docs/retries.md says, given up when its time is over, and its sender told,
 * once, at the mail server that DNS names. Beside it one that bears a stranger's address.
 */
import { retryAfterSeconds, retryTable } from '@holdfast/queue';
import { simpleParser } from 'mailparser';
import { dayMs, hourMs, minuteMs, Month } from './testing/month';

let month: Month;

beforeAll(async () => {
  month = await Month.begin();
});
afterAll(() => month?.end());

it('is held, tried again by the table, and given up on day 30; the sender is told, and nobody else', async () => {
  const { scene, clock, senders, domain } = month;
  const began = clock.now();
  const id = await month.take({ to: ['tempfail'], envelopeId: 'QQ314159' });
  await month.take({ to: ['tempfail'], from: 'victim@elsewhere.test', symbols: { R_SPF_FAIL: 1 } });

  // The first attempts: each when the table says so, give or take what the spec itself needs.
  const attempts = () =>
    scene.rows<{ at: Date }>(
      `select attempted_at as at from attempts where delivery_id = $1 order by attempted_at`,
      [`${id.slice(0, -4)}0001`],
    );
  for (let n = 1; n <= retryTable().length + 2; n++) {
    await month.until(`attempt ${n}`, async () => (await attempts()).length >= n, 500);
    if (n <= retryTable().length + 1) month.pass(retryAfterSeconds(n) * 1_000 - 20_000);
  }
  const times = (await attempts()).map(({ at }) => at.getTime());
  const waits = times.slice(1).map((at, n) => (at - (times[n] ?? 0)) / 1_000);
  waits.forEach((seconds, n) => {
    expect(seconds).toBeGreaterThanOrEqual(retryAfterSeconds(n + 1));
    expect(seconds).toBeLessThan(retryAfterSeconds(n + 1) + 60);
  });

  // Then the primary is gone for good.
  await month.primary.down();
  month.pass(began + 30 * dayMs - minuteMs - clock.now());
  await month.relay.sweeper.sweep();
  expect(await scene.states(domain.id)).toEqual({ held: 2 });
  month.pass(2 * minuteMs);
  await month.until('the sweep', async () => (await scene.states(domain.id))['expired'] === 2, 1_000);
  await month.reported();

  expect(senders.count).toBe(1);
  const { raw, mailFrom, rcptTo } = senders.received[0] ?? {};
  expect([mailFrom, rcptTo]).toEqual(['', ['ann@elsewhere.test']]);
  const report = await simpleParser(raw ?? '');
  expect(report.headers.get('content-type')).toMatchObject({ value: 'multipart/report' });
  expect(report.text).toContain('<tempfail@held.test>');
  const status = raw?.toString() ?? '';
  for (const line of ['Original-Envelope-Id: QQ314159', 'Action: failed', 'Status: 4.4.7', 'Subject: Plans'])
    expect(status).toContain(`${line}\r\n`);
  expect(status).not.toContain('Hello');
  const [withheld] = await scene.rows<{ withheld_because: string }>(
    'select withheld_because from reports where withheld_because is not null',
  );
  expect(withheld?.withheld_because).toMatch(/a report might hit a stranger/);
  await month.bodiesGone();
}, 60_000);

it('is told once, whatever is started again', async () => {
  await month.scene.endRelays();
  await month.startRelay();
  month.pass(hourMs);
  await month.relay.reporter.round();
  await month.relay.sweeper.sweep();
  await month.reported();
  expect(month.senders.count).toBe(1);
  await month.bodiesGone();
});
