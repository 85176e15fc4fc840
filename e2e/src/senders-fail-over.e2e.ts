import { startFakeDns, type FakeDns } from '@holdfast/fake-dns';
import { MailServer, postfix, postfixThatSends } from '@holdfast/real-servers';
import { numbered, send } from './sender';
import { freePort, System, until } from './system';

/**
 * What the whole product is for, without a part of ours on the sender's side: a Postfix that knows nothing but DNS finds the primary
 * dead and comes to us.
 */
const domain = 'failover.test';
// A network of loopback for this run alone: name servers must be on port 53, and all mail exchangers on one.
const network = `127.${100 + (process.pid % 100)}.${(process.pid >> 7) % 250}`;
const primaryAddress = `${network}.1`;
const ourAddress = `${network}.2`;

let dns: FakeDns;
let system: System;
let primary: MailServer;
let sender: MailServer;

const both = ['10 mail.failover.test', '20 mx.holdfast.test'];

beforeAll(async () => {
  dns = await startFakeDns({
    host: `${network}.53`,
    port: 53,
    zones: {
      [domain]: { MX: both },
      'mail.failover.test': { A: [primaryAddress] },
      'mx.holdfast.test': { A: [ourAddress] },
    },
  });
  system = await System.start({ HOLDFAST_SCANNING: 'off', HOLDFAST_SMTP_HOST: ourAddress });
  const wayIn = await freePort();
  primary = await MailServer.prepare(postfix, {
    domain,
    host: primaryAddress,
    port: system.smtpPort,
    alsoOn: `127.0.0.1:${wayIn}`,
  });
  await system.addDomain(domain, wayIn);
  sender = await MailServer.prepare(
    postfixThatSends({ nameServer: `${network}.53`, mxPort: system.smtpPort }),
    { domain, host: `${network}.9`, port: await freePort() },
  );
  await sender.up();
  await primary.up();
}, 180_000);

afterAll(async () => {
  await Promise.all([sender?.close(), primary?.close(), system?.stop(), dns?.close()]);
});

const submit = async (number: number): Promise<void> => {
  expect(await send(sender.port, numbered(number, `ada@${domain}`), sender.host)).toMatch(/^250 /);
};
const untilMailbox = (count: number): Promise<void> =>
  until(`${count} messages in the mailbox`, 60_000, async () => (await primary.mailbox()).length === count);

it('brings mail to the primary while that is up; we see nothing of it', async () => {
  await submit(1);
  await untilMailbox(1);
  expect(await system.stats(domain)).toMatchObject({ held: 0, delivered: 0 });
});

it('comes to us when the primary is down, and its mail is at the primary soon after that is back', async () => {
  await primary.down();
  for (const number of [2, 3, 4]) await submit(number);
  await system.untilStats(domain, { held: 3 });
  await primary.up();
  await system.untilStats(domain, { held: 0, sending: 0, delivered: 3 });
  await untilMailbox(4);
  const through = (await primary.mailbox()).filter((mail) =>
    /by mx\.holdfast\.test with ESMTPS? id/.test(mail),
  );
  expect(through).toHaveLength(3);
});

it('finds us at its next try when our MX record appears while its mail waits', async () => {
  dns.set(domain, { MX: both.slice(0, 1) });
  await primary.down();
  await submit(5);
  await until('the sender to find nobody', 30_000, async () =>
    /status=deferred .*Connection refused/.test(sender.lastWords),
  );
  expect(await system.stats(domain)).toMatchObject({ held: 0 });
  dns.set(domain, { MX: both });
  await system.untilStats(domain, { held: 1 });
  await primary.up();
  await system.untilStats(domain, { held: 0, sending: 0, delivered: 4 });
  await untilMailbox(5);
});
