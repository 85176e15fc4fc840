import { exim, MailServer, opensmtpd, postfix, type Kind } from '@holdfast/real-servers';
import { selfSigned } from '@holdfast/fake-primary';
import { numbered, send } from './sender';
import { freePort, System, until } from './system';

let system: System;

beforeAll(async () => {
  system = await System.start({ HOLDFAST_SCANNING: 'off' });
});

afterAll(() => system?.stop());

interface Item {
  state: string;
  lastReply: string | null;
  attempts: number;
}

const heldOf = async (domain: string): Promise<Item[]> =>
  (await system.json<{ items: Item[] }>('queue', 'list', '--domain', domain, '--state', 'held')).items;
const openOutages = async (domain: string): Promise<{ cause: string }[]> =>
  (
    await system.json<{ items: { cause: string; endedAt: string | null }[] }>(
      'outage',
      'list',
      '--domain',
      domain,
    )
  ).items.filter(({ endedAt }) => endedAt === null);

describe.each<[string, Kind]>([
  ['Postfix', postfix],
  ['Exim', exim],
  ['OpenSMTPD', opensmtpd],
])('with %s as the primary', (_name, kind) => {
  const domain = `${kind.name}.test`;
  let primary: MailServer;
  let sent = 0;

  const sendOne = async (mailbox = 'ada'): Promise<void> => {
    sent++;
    expect(await send(system.smtpPort, numbered(sent, `${mailbox}@${domain}`))).toMatch(/^250 /);
  };
  const untilAllIsThere = (): Promise<void> =>
    until(`${sent} messages in the mailbox`, 30_000, async () => (await primary.mailbox()).length === sent);
  const untilItSays = (words: RegExp): Promise<void> =>
    until(`${kind.name} to say ${words}`, 30_000, async () =>
      (await heldOf(domain)).some(({ lastReply }) => words.test(lastReply ?? '')),
    );

  beforeAll(async () => {
    primary = await MailServer.prepare(kind, { domain, port: await freePort() });
    await system.addDomain(domain, primary.port);
  }, 180_000);

  afterAll(() => primary?.close());

  it('holds mail while it is down, and delivers it within seconds of its return, byte for byte', async () => {
    for (let n = 0; n < 3; n++) await sendOne();
    await system.untilStats(domain, { held: 3 });
    await primary.up();
    const returnedAt = Date.now();
    await system.untilStats(domain, { held: 0, sending: 0, delivered: 3 });
    expect(Date.now() - returnedAt).toBeLessThan(15_000);
    await until('the mail in its mailbox', 15_000, async () => (await primary.mailbox()).length === 3);
    const mail = (await primary.mailbox()).map((text) => text.replaceAll('\r\n', '\n'));
    for (const number of [1, 2, 3]) {
      const body = numbered(number, `ada@${domain}`).body.toString('latin1').replaceAll('\r\n', '\n');
      expect(mail.some((text) => text.endsWith(body))).toBe(true);
    }
  });

  it('waits while it greylists, and delivers when it has had its way', async () => {
    await primary.up('greylists');
    await sendOne();
    await untilItSays(/[Gg]reylisted/);
    expect(await heldOf(domain)).toMatchObject([{ state: 'held', attempts: 1 }]);
    await primary.up();
    await system.holdfast('queue', 'retry', '--domain', domain);
    await system.untilStats(domain, { held: 0, sending: 0, delivered: sent });
  });

  it('keeps mail for a mailbox that is full', async () => {
    await primary.up('mailbox-full');
    await sendOne();
    await untilItSays(/full/);
    expect(await heldOf(domain)).toMatchObject([{ state: 'held' }]);
    await primary.up();
    await system.holdfast('queue', 'retry', '--domain', domain);
    await system.untilStats(domain, { held: 0, sending: 0, delivered: sent });
  });

  it('keeps the queue when the server comes back without its mailboxes, and delivers when it is restored', async () => {
    await primary.down();
    for (let n = 0; n < 12; n++) await sendOne(`reader-${n}`);
    await until('an outage', 30_000, async () => (await openOutages(domain)).length === 1);
    await primary.up('knows-nobody');
    await until('a wave of refusals', 60_000, async () => {
      const { items } = await system.json<{ items: { domain: string; reply: string }[] }>(
        'wave',
        'list',
        '--open',
      );
      return items.some((wave) => wave.domain === domain);
    });
    expect(await system.stats(domain)).toMatchObject({ held: 12, refused: 0 });
    await primary.up();
    await system.holdfast('wave', 'retry', domain);
    await system.untilStats(domain, { held: 0, sending: 0, delivered: sent, refused: 0 });
    await untilAllIsThere();
  }, 180_000);

  it('delivers once what it was reading when it was killed', async () => {
    await primary.up();
    sent++;
    // Long enough that it is killed in the middle of it.
    const body = 'x'.repeat(76).concat('\r\n').repeat(200_000);
    const taken = send(system.smtpPort, numbered(sent, `ada@${domain}`, body));
    await until('the server to read it', 30_000, async () => (await primary.killSessions()) > 0);
    expect(await taken).toMatch(/^250 /);
    await primary.up();
    await system.holdfast('queue', 'retry', '--domain', domain);
    await system.untilStats(domain, { held: 0, sending: 0, delivered: sent }, 90_000);
    await untilAllIsThere();
  }, 180_000);
});

describe('with an expired certificate', () => {
  const domain = 'expired.test';
  let primary: MailServer;

  beforeAll(async () => {
    primary = await MailServer.prepare(postfix, { domain, port: await freePort() });
    await system.addDomain(domain, primary.port);
    await primary.up('fine', selfSigned('mail.expired.test', -10));
  }, 60_000);

  afterAll(() => primary?.close());

  it('a primary gets its mail encrypted all the same, when nobody asked for more', async () => {
    expect(await send(system.smtpPort, numbered(1, `ada@${domain}`))).toMatch(/^250 /);
    await system.untilStats(domain, { held: 0, sending: 0, delivered: 1 });
    await until('the mail in its mailbox', 15_000, async () => (await primary.mailbox()).length === 1);
    expect((await primary.mailbox())[0]).toMatch(/by postfix\.primary\.test \(Postfix\) with ESMTPS/);
  });

  it('it waits for its certificate, and says so, when its tenant requires TLS', async () => {
    await system.holdfast('domain', 'set', domain, '--tls', 'required');
    expect(await send(system.smtpPort, numbered(2, `ada@${domain}`))).toMatch(/^250 /);
    await until('an outage that names the certificate', 60_000, async () =>
      (await openOutages(domain)).some(({ cause }) => /expired/.test(cause)),
    );
    await system.untilStats(domain, { held: 1, delivered: 1 });
    await system.holdfast('domain', 'set', domain, '--tls', 'opportunistic');
    await system.untilStats(domain, { held: 0, sending: 0, delivered: 2 });
  });
});

it('a server whose STARTTLS is broken gets its mail without', async () => {
  const domain = 'broken.test';
  const primary = await MailServer.prepare(opensmtpd, { domain, port: await freePort() });
  try {
    // Debian's build offers STARTTLS and fails at its own handshake.
    await primary.up('fine', selfSigned('mail.broken.test'));
    await system.addDomain(domain, primary.port);
    expect(await send(system.smtpPort, numbered(1, `ada@${domain}`))).toMatch(/^250 /);
    await system.untilStats(domain, { held: 0, sending: 0, delivered: 1 });
  } finally {
    await primary.close();
  }
});
