import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Conversation } from './testing/conversation';
import { openPort25, type Port25 } from './testing/port-25';

/** RFC 3463: which of the enhanced codes may stand behind which basic one, in our house. */
const fitting: Record<string, string[]> = {
  214: ['2.0.0'],
  220: ['2.0.0'],
  221: ['2.0.0'],
  250: ['2.0.0', '2.1.0', '2.1.5'],
  252: ['2.0.0'],
  421: ['4.3.2', '4.4.2', '4.7.0', '5.6.0'],
  450: ['4.1.1', '4.2.1', '4.7.1'],
  451: ['4.3.0', '4.4.2', '4.7.1'],
  452: ['4.3.1', '4.5.3'],
  458: ['4.3.0', '4.7.1'],
  459: ['4.7.1'],
  500: ['5.5.2'],
  501: ['5.1.3', '5.1.7', '5.5.4'],
  502: ['5.5.1'],
  503: ['5.5.1'],
  530: ['5.7.0'],
  550: ['5.1.1', '5.1.3', '5.7.0', '5.7.1', '5.7.30'],
  552: ['5.3.4'],
  553: ['5.1.3', '5.6.7'],
  554: ['5.4.6', '5.6.0', '5.7.1'],
  555: ['5.5.4'],
};

let port25: Port25;
const heard: { command: string; reply: string }[] = [];

beforeAll(async () => {
  port25 = await openPort25({ HOLDFAST_PROXY_FROM: '127.0.0.9', HOLDFAST_MAX_RECIPIENTS: '100' });
  const { owner, directory } = port25;
  await owner.query(`update domains set when_primary_up = 'accept' where name = 'open.test'`);
  await owner.query(
    `insert into primaries (tenant_id, domain_id, host, tls_policy)
     select tenant_id, id, 'mx.other.test', 'none' from domains where name = 'other.test'`,
  );
  while (directory.find('other.test')?.primaries.length !== 1)
    await new Promise((resolve) => setImmediate(resolve));
});

afterAll(() => port25?.remove());

/** Says these lines one after the other and keeps what was answered, until the connection ends. */
const say = async (lines: string[], from?: string): Promise<void> => {
  const conversation = await Conversation.open(port25.port, from);
  const hear = async (command: string): Promise<boolean> => {
    const reply = await conversation.reply();
    if (reply !== 'closed') heard.push({ command, reply });
    return reply !== 'closed' && !reply.startsWith('421');
  };
  if (!from) await hear('(connect)');
  for (const line of lines) {
    conversation.send(`${line}\r\n`);
    if (!(await hear(line))) break;
    if (line === 'STARTTLS' && heard.at(-1)?.reply.startsWith('220')) await conversation.secure();
  }
  conversation.close();
};

const mail = ['EHLO c.test', 'MAIL FROM:<a@b.test>'];
const toData = [...mail, 'RCPT TO:<x@open.test>', 'DATA'];

it.each<[string, string[], string?]>([
  [
    'without EHLO',
    ['MAIL FROM:<>', 'RCPT TO:<x@open.test>', 'DATA', 'ETRN open.test', 'HELO', 'EHLO', 'EHLO a b'],
  ],
  ['HELO', [`HELO ${'x'.repeat(400)}`, 'HELO c.test', 'MAIL FROM:<>', 'QUIT']],
  [
    'what is always there',
    ['NOOP', 'RSET', 'HELP', 'VRFY', 'VRFY x@open.test', 'EXPN list', 'AUTH PLAIN', 'xyzzy'],
  ],
  ['BDAT', ['EHLO c.test', 'BDAT 10 LAST']],
  ['HTTP', ['GET / HTTP/1.1']],
  ['XCLIENT', ['EHLO c.test', 'XCLIENT ADDR=1.2.3.4', 'XFORWARD ADDR=1.2.3.4']],
  ['garbage without end', Array<string>(10).fill('garbage')],
  ['a line without end', [`NOOP ${'x'.repeat(100_000)}`]],
  ['commands without end', Array<string>(101).fill('NOOP')],
  [
    'order',
    ['EHLO c.test', 'RCPT TO:<x@open.test>', 'DATA', 'MAIL FROM:<a@b.test>', 'MAIL FROM:<a@b.test>', 'DATA'],
  ],
  [
    'MAIL',
    [
      'EHLO c.test',
      ...[
        '<a@b',
        'a@b.test',
        '<a@b.test> SIZE=x',
        '<a@b.test> SIZE=2000000',
        '<a@b.test> SIZE',
        '<a@b.test> RET=X',
      ],
      ...[
        '<a@b.test> BODY=X',
        '<a@b.test> SIZE=1 SIZE=1',
        '<a@b.test> X=1',
        '<j\u00fc@b.test>',
        '<a@b.test> REQUIRETLS',
      ],
      ...['<a@b.test> ENVID=+', '<a@b..test>', '<a@b.test> SMTPUTF8=1'],
    ].map((text, n) => (n === 0 ? text : `MAIL FROM:${text}`)),
  ],
  [
    'RCPT',
    [
      ...mail,
      ...[
        '<x@stranger.test>',
        '<x@waiting.test>',
        '<eve@listed.test>',
        '<x@resting.test>',
        '<x@full.test>',
        '<x@[1.2.3.4]>',
      ],
      ...[
        '<x@open.test',
        '<>',
        '<j\u00fc@open.test>',
        '<x@open.test> NOTIFY=X',
        '<x@open.test> ORCPT=x',
        '<x@open.test> X=1',
      ],
      ...['<x%evil.test@open.test>', '<postmaster>', '<abuse@mx.holdfast.test>', '<x@open.test>'],
    ].map((text, n) => (n < 2 ? text : `RCPT TO:${text}`)),
  ],
  ['a hundred and one', [...mail, ...Array.from({ length: 101 }, (_, n) => `RCPT TO:<r${n}@open.test>`)]],
  ['too big for a tenant', ['EHLO c.test', 'MAIL FROM:<a@b.test> SIZE=20000', 'RCPT TO:<x@small.test>']],
  ['a message', [...toData, 'Subject: x\r\n\r\n.', 'QUIT']],
  [
    'a message that is too big',
    [...mail, 'RCPT TO:<x@small.test>', 'DATA', `${'x'.repeat(90)}\r\n`.repeat(120) + '.'],
  ],
  ['a message with a stray LF', [...toData, 'a\nb\r\n.']],
  ['a message in a circle', [...toData, `${'Received: from a by b\r\n'.repeat(100)}\r\n.`]],
  [
    'ETRN',
    ['EHLO c.test', 'ETRN', 'ETRN stranger.test', 'ETRN open.test', 'ETRN open.test', 'ETRN @open.test'],
  ],
  ['STARTTLS', ['EHLO c.test', 'STARTTLS x', 'STARTTLS', 'STARTTLS', 'MAIL FROM:<>']],
  [
    'REQUIRETLS',
    [
      'STARTTLS',
      'EHLO c.test',
      'MAIL FROM:<a@b.test> REQUIRETLS=1',
      'MAIL FROM:<a@b.test> REQUIRETLS',
      'RCPT TO:<x@other.test>',
    ],
  ],
  ['a balancer that says nothing of its client', ['EHLO c.test'], '127.0.0.9'],
  ['who talks too soon', ['PROXY TCP4 203.0.113.9 127.0.0.1 1 25\r\nEHLO c.test'], '127.0.0.9'],
])('%s', async (_what, lines, ...[from]) => {
  const before = heard.length;
  await say(lines, from);
  expect(heard.length).toBeGreaterThan(before);
});

it('what is wrong on our side', async () => {
  port25.memory.take(2 ** 30);
  await say(mail);
  port25.memory.giveBack(2 ** 30);
  const { put } = port25.spool;
  // Nothing that the spool itself would say.
  port25.spool.put = () => Promise.reject(new Error('weather'));
  await say([...toData, 'Subject: x\r\n\r\n.']);
  port25.spool.put = put;
  const stopping = await Conversation.open(port25.port);
  await stopping.reply();
  await Promise.all([
    port25.stopAccepting(),
    stopping.reply().then((reply) => heard.push({ command: '(stop)', reply })),
  ]);
  stopping.close();
});

it('has, in every reply, an enhanced code of the same class that fits', () => {
  const wrong = heard.filter(({ command, reply }) => {
    const last = reply.split('\r\n').at(-1) ?? '';
    const [, code = '', enhanced] = /^(\d{3}) (?:([245]\.\d{1,3}\.\d{1,3}) )?\S/.exec(last) ?? [];
    // RFC 2034 section 4 leaves out the greeting and the answers to HELO and EHLO; codes of 3xx have none.
    const isFree =
      code === '354' ||
      (code === '220' && !/STARTTLS/.test(command)) ||
      (code === '250' && /^(?:EHLO|HELO) /.test(command));
    if (isFree) return enhanced !== undefined;
    return !enhanced || !fitting[code]?.includes(enhanced);
  });
  expect(wrong).toEqual([]);
});

it('and all of them were provoked', () => {
  const provoked = new Set(heard.map(({ reply }) => reply.split('\r\n').at(-1)?.slice(0, 3)));
  expect(Object.keys(fitting).filter((code) => !provoked.has(code))).toEqual([]);
});

it('so has every refusal that is written in our steps', async () => {
  const files = (await readdir(import.meta.dirname)).filter((name) => /(?<!\.spec)\.ts$/.test(name));
  const written: string[] = [];
  for (const file of files) {
    const text = await readFile(join(import.meta.dirname, file), 'utf8');
    for (const [, code = '', enhanced = ''] of text.matchAll(
      /(?:rejection\(|send\(|code: )\s*(\d{3}),\s*(?:enhanced: )?'([\d.]+)/g,
    ))
      written.push(`${file}: ${code} ${enhanced}`);
  }
  expect(written.length).toBeGreaterThan(40);
  expect(
    written.filter((line) => {
      const [, code = '', enhanced = ''] = line.split(' ');
      return !fitting[code]?.includes(enhanced);
    }),
  ).toEqual([]);
});
