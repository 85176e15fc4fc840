import { startFakePrimary, type FakePrimary } from '@holdfast/fake-primary';
import { numbered, send } from './sender';
import { System, until } from './system';

// A tenant's room for held mail is used up during an outage: it is told in time, nothing is lost, and its mail comes when there is room.

let system: System;
let primary: FakePrimary;
let mailbox: FakePrimary;
const domain = 'filling.test';
const most = 5;

beforeAll(async () => {
  primary = await startFakePrimary({ isDown: true });
  mailbox = await startFakePrimary();
  system = await System.start({ HOLDFAST_NOTIFY_SMTP_URL: `smtp://127.0.0.1:${mailbox.port}` });
  await system.addDomain(domain, primary.port, { contact: 'postmaster@contact.test' });
  await system.holdfast('plan', 'add', 'Five', '--max-held-messages', String(most));
  await system.holdfast('tenant', 'set', `Tenant of ${domain}`, '--plan', 'Five');
});

afterAll(async () => {
  await system?.stop();
  await primary?.close();
  await mailbox?.close();
});

const offer = (number: number): Promise<string> =>
  send(system.smtpPort, numbered(number, `bob@${domain}`)).catch((error: Error) => error.message);

const mailSaying = (subject: string) =>
  mailbox.waitFor(
    ({ raw }) =>
      raw
        .toString()
        .replace(/\r\n\s/g, ' ')
        .includes(`Subject: ${subject}`),
    30_000,
  );

it('at four fifths its contact is told', async () => {
  for (let number = 1; number <= 4; number++) expect(await offer(number)).toMatch(/^250/);
  const mail = (await mailSaying('Room for your held mail is 80 % used')).raw.toString();
  expect(mail).toContain('4 of 5 messages');
  expect(mail).toContain(`${domain} (4)`);
});

it('when it is full, senders are put off, and the contact is told once more', async () => {
  expect(await offer(5)).toMatch(/^250/);
  expect(await offer(6)).toMatch(new RegExp(`452 4\\.3\\.1 The queue for ${domain} is full`));
  await mailSaying('Room for your held mail is used up');
});

it('more room is there within a second, and the next message gets in', async () => {
  await system.holdfast('plan', 'set', 'Five', '--max-held-messages', '100');
  const changedAt = Date.now();
  await until('the message gets in', 1_000, async () => (await offer(6)).startsWith('250'));
  expect(Date.now() - changedAt).toBeLessThan(1_000);
});

it('all of it is delivered, and the console lists what was told, once each', async () => {
  await primary.up();
  await primary.waitForCount(6, 60_000);
  const { items } = (await (
    await fetch(`${system.url}/api/v1/notifications`, {
      headers: { authorization: `Bearer ${await system.operatorKey()}` },
    })
  ).json()) as { items: { kind: string }[] };
  const kinds = items.map(({ kind }) => kind).filter((kind) => kind.startsWith('queue-'));
  expect(kinds.sort()).toEqual(['queue-full', 'queue-nearly-full']);
});
