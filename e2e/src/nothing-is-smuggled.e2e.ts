import { Conversation, endings, lineEnds, relayAttempts } from '@holdfast/fake-attacker';
import { startFakeDns, type FakeDns } from '@holdfast/fake-dns';
import { startFakePrimary, type FakePrimary } from '@holdfast/fake-primary';
import { System } from './system';

/** Takes a bare CR or LF for the end of a line: what port 25 lets in and the relay lets out, it would take for two messages. */
let naive: FakePrimary;
/** Where mail for victim.test belongs, and whatever somebody wants relayed. */
let foreign: FakePrimary;
let dns: FakeDns;
let system: System;
const ours = ['open.test', 'xn--bcher-kva.test'];
let taken = 0;

beforeAll(async () => {
  naive = await startFakePrimary({ isNaive: true });
  foreign = await startFakePrimary();
  dns = await startFakeDns({
    zones: {
      'victim.test': { MX: ['10 mx.victim.test'] },
      'mx.victim.test': { A: ['127.0.0.1'] },
      'open.test.victim.test': { A: ['127.0.0.1'] },
    },
  });
  system = await System.start({
    HOLDFAST_SCANNING: 'off',
    HOLDFAST_DNS_SERVERS: dns.server,
    HOLDFAST_FREE_GUESSES: '10000',
  });
  for (const domain of ours) await system.addDomain(domain, naive.port);
});

afterAll(async () => {
  await system?.stop();
  await Promise.all([naive?.close(), foreign?.close(), dns?.close()]);
});

const evil =
  'MAIL FROM:<evil@victim.test>\r\nRCPT TO:<evil@open.test>\r\nDATA\r\nSubject: evil\r\n\r\nevil\r\n.\r\n';

/** Says all of it and QUIT, and counts the messages that were taken. */
async function hand(recipient: string | Buffer, octets: string): Promise<void> {
  const conversation = await Conversation.open(system.smtpPort);
  const ask = async (said: string | Buffer): Promise<string> => {
    conversation.send(said);
    return conversation.reply();
  };
  await conversation.reply();
  await ask('EHLO client.test\r\n');
  await ask('MAIL FROM:<ada@sender.test> SMTPUTF8 BODY=8BITMIME\r\n');
  await ask(Buffer.concat([Buffer.from('RCPT TO:<'), Buffer.from(recipient), Buffer.from('>\r\n')]));
  if ((await ask('DATA\r\n')).startsWith('354')) {
    conversation.send(Buffer.from(octets, 'latin1'));
    conversation.send('QUIT\r\n');
    for (let reply = await conversation.reply(); reply !== 'closed'; reply = await conversation.reply())
      if (reply.includes(' queued as ')) taken++;
  }
  conversation.close();
}

const allThere = async (): Promise<void> => {
  await naive.waitForCount(taken, 60_000);
  const stats = await Promise.all(ours.map((domain) => system.stats(domain)));
  expect(stats.reduce((sum, { delivered = 0 }) => sum + delivered, 0)).toBeLessThanOrEqual(taken);
};

it('one message stays one message, on its way in and out to a naive primary', async () => {
  const pairs = lineEnds.flatMap((one) => lineEnds.map((two) => `${one}.${two}`));
  for (const octets of [...endings.map((ending) => ending.octets), ...pairs])
    if (octets !== '\r\n.\r\n') await hand('bob@open.test', `Subject: one\r\n\r\ntext${octets}${evil}`);
  expect(taken).toBeGreaterThan(20);
  await allThere();
  await system.untilStats('open.test', { held: 0, sending: 0, delivered: taken });
  expect(naive.count).toBe(taken);
  expect(new Set(naive.received.map(({ mailFrom }) => mailFrom))).toEqual(new Set(['ada@sender.test']));
  expect(naive.received.flatMap(({ rcptTo }) => rcptTo).every((to) => to === 'bob@open.test')).toBe(true);
});

it('a recipient’s odd letters reach the primary as they are, and nothing reaches anybody else', async () => {
  for (const { path } of relayAttempts) await hand(path, 'Subject: x\r\n\r\nx\r\n.\r\n');
  await allThere();
  const wanted = relayAttempts.flatMap((row) => (row.ours === undefined ? [] : [row.ours]));
  const came = naive.received.flatMap(({ rcptTo }) => rcptTo).filter((to) => to !== 'bob@open.test');
  expect(came.sort()).toEqual(wanted.sort());
  // Not even asked where it would go.
  expect(dns.asked.filter(({ name }) => name.includes('victim'))).toEqual([]);
  expect(foreign.sessions).toBe(0);
});
