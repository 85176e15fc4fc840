import {
  bodies,
  Conversation,
  dotStuffed,
  endings,
  hasStrayOctets,
  lineEnds,
  type Ending,
} from '@holdfast/fake-attacker';
import { openPort25, ourName, type Port25 } from './testing/port-25';

let port25: Port25;

beforeAll(async () => {
  port25 = await openPort25();
});

afterAll(() => port25?.remove());

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const evil =
  'MAIL FROM:<evil@victim.test>\r\nRCPT TO:<evil@open.test>\r\nDATA\r\nSubject: evil\r\n\r\nevil\r\n.\r\n';

async function greeted(): Promise<Conversation> {
  const conversation = await Conversation.open(port25.port);
  expect(await conversation.reply()).toMatch(/^220 /);
  conversation.send('EHLO client.test\r\n');
  expect(await conversation.reply()).toMatch(/^250/);
  return conversation;
}

async function inData(): Promise<Conversation> {
  const conversation = await greeted();
  conversation.send('MAIL FROM:<ada@sender.test> BODY=8BITMIME\r\nRCPT TO:<bob@open.test>\r\nDATA\r\n');
  for (const expected of [/^250/, /^250/, /^354/]) expect(await conversation.reply()).toMatch(expected);
  return conversation;
}

/** Every reply until the server says the one to our last word, or ends the connection. */
async function repliesOf(conversation: Conversation): Promise<string[]> {
  conversation.send('VRFY the-end\r\n');
  const replies: string[] = [];
  do replies.push(await conversation.reply());
  while (!/^252 |^closed$/.test(replies.at(-1) ?? ''));
  conversation.close();
  return replies;
}

const stored = async (): Promise<{ sender: string; text: string }[]> =>
  Promise.all(
    port25.spool.list(undefined, 100_000).map(async (id) => ({
      sender: (await port25.spool.envelope(id))?.sender ?? '',
      text: ((await port25.spool.body(id))?.toString('latin1') ?? '').replace(
        /^Received:[^]*?X-Holdfast-Scan: [^\r]*\r\n/,
        '',
      ),
    })),
  );

async function sendWith(octets: string): Promise<{ replies: string[]; added: string[] }> {
  const before = (await stored()).length;
  const conversation = await inData();
  conversation.send(latin1(`Subject: one\r\n\r\ntext${octets}${evil}`));
  const replies = await repliesOf(conversation);
  const now = await stored();
  expect(now.filter(({ sender }) => sender !== 'ada@sender.test')).toEqual([]);
  return { replies, added: now.slice(before).map(({ text }) => text) };
}

const named = (rows: Ending[]): [string, string, string][] =>
  rows.map(({ octets, source }) => [JSON.stringify(octets), source, octets]);
const unstuffed = (text: string): string => text.replace(/\r\n\./g, '\r\n');

describe('a second message behind what some server takes for the end', () => {
  it('is one behind a true end: so it would be seen', async () => {
    const conversation = await inData();
    conversation.send(latin1(`Subject: one\r\n\r\ntext\r\n.\r\n${evil}`));
    const replies = await repliesOf(conversation);
    expect(replies.map((reply) => reply.slice(0, 3))).toEqual(['250', '250', '250', '354', '250', '252']);
    const ids = port25.spool.list(undefined, 10);
    expect((await port25.spool.envelope(ids[1] as string))?.sender).toBe('evil@victim.test');
    while (port25.spool.unregistered({ limit: 1 }).length > 0)
      await new Promise((resolve) => setImmediate(resolve));
    await port25.spool.remove(ids);
  });

  it.each(named(endings.filter(({ is }) => is === 'refused')))(
    'is refused with the first, and nothing runs: %s (%s)',
    async (_octets, _source, octets) => {
      const { replies, added } = await sendWith(octets);
      expect(replies).toEqual([expect.stringMatching(/^554 5\.6\.0 /), 'closed']);
      expect(added).toEqual([]);
    },
  );

  it.each(named(endings.filter(({ is }) => is === 'text')))(
    'is text of the first: %s (%s)',
    async (_octets, _source, octets) => {
      const { replies, added } = await sendWith(octets);
      // The end of the smuggled message is the end of the only one.
      expect(replies).toEqual([expect.stringMatching(/^250 2\.0\.0 /), expect.stringMatching(/^252 /)]);
      expect(added).toEqual([unstuffed(`Subject: one\r\n\r\ntext${octets}${evil.slice(0, -3)}`)]);
    },
  );

  it('is never a message of its own, whatever two line ends stand around the dot', async () => {
    for (const one of lineEnds)
      for (const two of lineEnds) {
        const octets = `${one}.${two}`;
        if (octets === '\r\n.\r\n') continue;
        const { replies, added } = await sendWith(octets);
        const isTaken = !hasStrayOctets(octets);
        expect({ octets, codes: replies.map((reply) => reply.slice(0, 3)), added: added.length }).toEqual({
          octets,
          codes: isTaken ? ['250', '252'] : ['554', 'clo'],
          added: isTaken ? 1 : 0,
        });
      }
  }, 60_000);
});

describe('commands where none belong', () => {
  it('in a message are text', async () => {
    for (const [, message] of bodies) {
      const conversation = await inData();
      conversation.send(latin1(dotStuffed(message)));
      expect(await repliesOf(conversation)).toEqual([
        expect.stringMatching(/^250 2\.0\.0 /),
        expect.stringMatching(/^252 /),
      ]);
      expect((await stored()).at(-1)?.text).toBe(message);
    }
  });

  it('sent with DATA, before its answer, are text', async () => {
    const conversation = await greeted();
    conversation.send(`MAIL FROM:<ada@sender.test>\r\nRCPT TO:<bob@open.test>\r\nDATA\r\n${evil}`);
    const replies = await repliesOf(conversation);
    expect(replies.map((reply) => reply.slice(0, 3))).toEqual(['250', '250', '354', '250', '252']);
    expect((await stored()).at(-1)?.text).toMatch(/^MAIL FROM:<evil@victim\.test>/);
  });

  it.each(['BDAT 120 LAST', 'BDAT 120', 'bdat 0 last', 'BDAT'])(
    'behind %s, which is not offered, are not read',
    async (command) => {
      const before = await stored();
      const conversation = await greeted();
      conversation.send('MAIL FROM:<ada@sender.test>\r\nRCPT TO:<bob@open.test>\r\n');
      for (let n = 0; n < 2; n++) await conversation.reply();
      conversation.send(`${command}\r\n${evil}`);
      expect(await repliesOf(conversation)).toEqual([expect.stringMatching(/^421 4\.7\.0 /), 'closed']);
      expect(await stored()).toEqual(before);
    },
  );

  // CVE-2011-0411 and its kin; with more than a hundred, smtp-server's parser rests in between.
  it.each([1, 99, 101, 350])(
    'before the handshake of STARTTLS never run after it: %s of them',
    async (count) => {
      const conversation = await greeted();
      const injected = `${'MAIL FROM:<evil@victim.test>\r\nRCPT TO:<evil@open.test>\r\n'.repeat(count)}DATA\r\nevil\r\n.\r\n`;
      conversation.send(`STARTTLS\r\nEHLO evil.test\r\n${injected}`);
      expect(await conversation.reply()).toMatch(/^220 2\.0\.0/);
      await conversation.secure();
      const ask = async (line: string): Promise<string> => {
        conversation.send(`${line}\r\n`);
        return conversation.reply();
      };
      // Nobody has said who is there.
      expect(await ask('MAIL FROM:<>')).toMatch(/^503 5\.5\.1/);
      expect(await ask('EHLO client.test')).toMatch(/^250/);
      expect(await ask('DATA')).toMatch(/^503 5\.5\.1/);
      expect(await ask('RCPT TO:<bob@open.test>')).toMatch(/^503 5\.5\.1/);
      conversation.close();
      expect((await stored()).filter(({ sender }) => sender.startsWith('evil'))).toEqual([]);
    },
  );

  it('of a transaction before STARTTLS are forgotten', async () => {
    const conversation = await greeted();
    conversation.send('MAIL FROM:<ada@sender.test>\r\nRCPT TO:<bob@open.test>\r\nSTARTTLS\r\n');
    for (let n = 0; n < 3; n++) expect(await conversation.reply()).toMatch(/^2/);
    await conversation.secure();
    conversation.send('EHLO client.test\r\n');
    await conversation.reply();
    conversation.send('DATA\r\n');
    expect(await conversation.reply()).toMatch(/^503 5\.5\.1/);
    conversation.close();
  });

  it.each([
    ['a bare CR in the name of the client', 'EHLO a.test\rX-Evil: 1'],
    ['a NUL in the name of the client', 'EHLO a.test\0b'],
    ['an escape sequence in the name of the client', 'EHLO a.test\x1b[31m'],
    ['two names', 'EHLO a.test by mx.holdfast.test'],
    ['a bare CR in the sender', 'MAIL FROM:<a@b.test>\rRCPT TO:<evil@open.test>'],
    ['a bare CR in the sender’s local part', 'MAIL FROM:<"a\rRCPT TO:<evil@open.test>"@b.test>'],
    ['a NUL in the sender', 'MAIL FROM:<a@b.test\0>'],
    ['a CR in a parameter, in xtext', 'MAIL FROM:<a@b.test> ENVID=x+0D+0ARCPT'],
    ['a CR in a parameter', 'MAIL FROM:<a@b.test> SIZE=1\r'],
    ['more behind the address', 'MAIL FROM:<a@b.test>RCPT TO:<evil@open.test>'],
  ])('are not hidden in a command: %s', async (_what, command) => {
    const conversation = await greeted();
    conversation.send(latin1(`${command}\r\n`));
    expect(await conversation.reply()).toMatch(/^501 5\.[15]\.\d |^501 Error/);
    conversation.send('DATA\r\n');
    expect(await conversation.reply()).toMatch(/^503 5\.5\.1/);
    conversation.close();
  });

  it.each(['a@b.test%0d%0aRCPT TO:<evil@open.test>', 'a=0D=0ARCPT@b.test', '=?utf-8?q?a=0d=0a?=@b.test'])(
    'are not decoded out of an address: %s',
    async (sender) => {
      const conversation = await greeted();
      conversation.send(`MAIL FROM:<${sender}>\r\n`);
      const answer = await conversation.reply();
      conversation.send('DATA\r\n');
      expect(await conversation.reply()).toMatch(/^503 5\.5\.1/);
      conversation.close();
      if (answer.startsWith('250')) expect(answer).toBe('250 2.1.0 Accepted');
      else expect(answer).toMatch(/^501 5\.1\.7/);
    },
  );

  it.each(['a;b', 'a<b>', '(a', 'a)', '"a"', 'a\\', 'a,b', `${'a'.repeat(250)}`, '\u00fc.test', '[1.2.3.4]'])(
    'are not written into our own lines by who calls itself %s',
    async (name) => {
      const conversation = await Conversation.open(port25.port);
      await conversation.reply();
      conversation.send(
        `EHLO ${name}\r\nMAIL FROM:<"; by evil.test ("@b.test>\r\nRCPT TO:<bob@open.test>\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\n`,
      );
      for (let n = 0; n < 4; n++) expect(await conversation.reply()).toMatch(/^[23]5/);
      expect(await conversation.reply()).toMatch(/^250 2\.0\.0/);
      conversation.close();
      const { body } = await port25.newest();
      const [top = ''] = body.split('X-Holdfast-Scan:');
      expect(top).toMatch(
        /^Received: from [^\s;()<>,"]+ \(\[127\.0\.0\.1\]\)\r\n\tby mx\.holdfast\.test with ESMTP id [\w-]+\r\n\tfor <bob@open\.test>;\r\n\t[^\r\n]+\r\nX-Holdfast-Client: 127\.0\.0\.1; helo="[^\r\n"\\]*"\r\n$/,
      );
      expect(top).toContain(ourName);
    },
  );
});
