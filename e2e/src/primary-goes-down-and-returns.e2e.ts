import { startFakePrimary, type FakePrimary } from '@holdfast/fake-primary';
import { simpleParser } from 'mailparser';
import { numbered, send } from './sender';
import { System, until } from './system';

let system: System;
let primary: FakePrimary;
let inbox: FakePrimary;
const domain = 'outage.test';

beforeAll(async () => {
  primary = await startFakePrimary({ isDown: true });
  inbox = await startFakePrimary();
  system = await System.start({ HOLDFAST_NOTIFY_SMTP_URL: `smtp://127.0.0.1:${inbox.port}` });
  await system.addDomain(domain, primary.port, { contact: 'postmaster@contact.test' });
});

afterAll(async () => {
  await system?.stop();
  await Promise.all([primary?.close(), inbox?.close()]);
});

interface Outage {
  domain: string;
  beganAt: string;
  noticedAt: string;
  endedAt: string | null;
  cause: string;
  messagesHeld: number;
}

it('holds mail, opens an outage and tells the tenant', async () => {
  expect(await send(system.smtpPort, numbered(1, `a@${domain}`))).toMatch(/^250 2\.0\.0 Ok: queued as \S+/);
  expect(await send(system.smtpPort, numbered(2, `b@${domain}`))).toMatch(/^250 /);
  await system.untilStats(domain, { held: 2, delivered: 0 });
  let outages: Outage[] = [];
  await until('an outage', 30_000, async () => {
    outages = (await system.json<{ items: Outage[] }>('outage', 'list', '--domain', domain)).items;
    return outages.length > 0;
  });
  expect(outages).toMatchObject([
    { domain, endedAt: null, cause: expect.stringContaining('connection refused') },
  ]);
  const notice = await inbox.waitFor(({ rcptTo }) => rcptTo.includes('postmaster@contact.test'), 60_000);
  const mail = await simpleParser(notice.raw);
  expect(mail.text).toContain(domain);
  expect(mail.text).toMatch(/safe/);
});

it('keeps taking mail meanwhile', async () => {
  expect(await send(system.smtpPort, numbered(3, `c@${domain}`))).toMatch(/^250 /);
  await system.untilStats(domain, { held: 3 });
});

it('delivers everything byte for byte within seconds of the primary’s return, our header lines on top', async () => {
  await primary.up();
  const returnedAt = Date.now();
  await primary.waitForCount(3, 30_000);
  expect(Date.now() - returnedAt).toBeLessThan(15_000);
  for (const number of [1, 2, 3]) {
    const to = `${'abc'[number - 1]}@${domain}`;
    const received = primary.received.find(({ rcptTo }) => rcptTo[0] === to);
    const sent = numbered(number, to).body;
    const raw = received?.raw ?? Buffer.alloc(0);
    expect(raw.subarray(raw.length - sent.length).equals(sent)).toBe(true);
    const ours = raw.subarray(0, raw.length - sent.length).toString();
    expect(ours).toMatch(
      /^Received: from elsewhere\.test \(\[127\.0\.0\.1\]\)\r\n\tby mx\.holdfast\.test with ESMTP id /m,
    );
    expect(ours.endsWith('\r\n')).toBe(true);
  }
  await system.untilStats(domain, { held: 0, sending: 0, delivered: 3 });
});

it('closes the outage and tells the tenant once that all is delivered', async () => {
  await until('the end of the outage', 30_000, async () => {
    const { items } = await system.json<{ items: Outage[] }>('outage', 'list', '--domain', domain);
    return items[0]?.endedAt !== null && items[0]?.messagesHeld === 3;
  });
  await until('the second mail', 30_000, async () => inbox.count >= 2);
  const second = await simpleParser(inbox.received[1]?.raw ?? '');
  expect(second.text).toMatch(/3 messages/);
  expect(second.inReplyTo ?? second.references).toBeTruthy();
  expect(inbox.count).toBe(2);
});

it('says so in status', async () => {
  expect(await system.json('status')).toMatchObject({ ready: true, held: 0, quarantined: 0, outagesOpen: 0 });
});
