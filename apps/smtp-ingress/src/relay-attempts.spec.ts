import { relayAttempts, type RelayAttempt } from '@holdfast/fake-attacker';
import { Conversation } from './testing/conversation';
import { openPort25, type Port25 } from './testing/port-25';

let port25: Port25;

beforeAll(async () => {
  port25 = await openPort25();
  await port25.owner.query(
    `insert into domains (tenant_id, name, state, recipient_policy)
     select id, 'xn--bcher-kva.test', 'active', 'any' from tenants where name = 'one'`,
  );
  while (!port25.directory.find('xn--bcher-kva.test')) await new Promise((resolve) => setImmediate(resolve));
});

afterAll(() => port25?.remove());

const ours = ['open.test', 'xn--bcher-kva.test'];

/** Names one recipient, and goes on to send a message whatever the answer was. @returns both answers */
async function attempt({ path }: RelayAttempt): Promise<string[]> {
  const conversation = await Conversation.open(port25.port);
  await conversation.reply();
  const ask = async (octets: Buffer): Promise<string> => {
    conversation.send(octets);
    return conversation.reply();
  };
  await ask(Buffer.from('EHLO client.test\r\n'));
  await ask(Buffer.from('MAIL FROM:<ada@sender.test> SMTPUTF8 BODY=8BITMIME\r\n'));
  const rcpt = await ask(
    Buffer.concat([Buffer.from('RCPT TO:<'), Buffer.from(path as string), Buffer.from('>\r\n')]),
  );
  const data = await ask(Buffer.from('DATA\r\n'));
  const end = data.startsWith('354') ? await ask(Buffer.from('Subject: x\r\n\r\nx\r\n.\r\n')) : data;
  conversation.close();
  return [rcpt, end];
}

const stored = async (): Promise<string[]> => {
  const envelopes = await Promise.all(
    port25.spool.list(undefined, 100_000).map((id) => port25.spool.envelope(id)),
  );
  return envelopes.flatMap((envelope) => envelope?.recipients.map(({ address }) => address) ?? []);
};

const named = (rows: RelayAttempt[]): [string, string, RelayAttempt][] =>
  rows.map((row) => [JSON.stringify(row.path.toString()), row.why, row]);

describe('what is not ours is never taken', () => {
  it.each(named(relayAttempts.filter(({ ours: recipient }) => recipient === undefined)))(
    '%s (%s)',
    async (_path, _why, row) => {
      const before = await stored();
      const [rcpt, end] = await attempt(row);
      expect(rcpt).toMatch(/^(550 5\.7\.1|550 5\.1\.3|501 5\.1\.3) /);
      expect(end).toMatch(/^503 5\.5\.1 /);
      expect(await stored()).toEqual(before);
    },
  );
});

describe('what is ours is taken, however it is written', () => {
  it.each(named(relayAttempts.filter(({ ours: recipient }) => recipient !== undefined)))(
    '%s (%s)',
    async (_path, _why, row) => {
      const before = await stored();
      expect(await attempt(row)).toEqual([
        '250 2.1.5 Accepted',
        expect.stringMatching(/^250 2\.0\.0 Ok: queued as \S+$/),
      ]);
      expect((await stored()).slice(before.length)).toEqual([row.ours]);
    },
  );

  it('and nothing is in the spool for anybody else', async () => {
    const domains = new Set((await stored()).map((address) => address.slice(address.lastIndexOf('@') + 1)));
    expect([...domains].sort()).toEqual([...ours].sort());
  });
});
