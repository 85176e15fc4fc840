import { createServer, type AddressInfo } from 'node:net';
import { startFakePrimary, type FakePrimary, type FakePrimaryOptions } from '@holdfast/fake-primary';
import { dotStuffed } from './dot-stuffed';
import { Extensions } from './extensions';
import type { SmtpConversation } from './smtp-conversation';
import { envelope, talkTo } from './testing/talk';
import { ConversationLost } from './words-for-failures';

let primary: FakePrimary | undefined;
let conversation: SmtpConversation | undefined;
afterEach(async () => {
  conversation?.close();
  await primary?.close();
});

const withPrimary = async (options: FakePrimaryOptions = {}): Promise<FakePrimary> =>
  (primary = await startFakePrimary(options));
const body = Buffer.from('Subject: x\r\n\r\nbody\r\n');

describe.each([
  ['with PIPELINING', ['PIPELINING', '8BITMIME']],
  ['without PIPELINING', ['8BITMIME']],
  ['with a server that knows HELO alone', []],
])('a transaction %s', (_name, extensions) => {
  it('gives each recipient its own reply, and the next message finds a clean table', async () => {
    const { port, received } = await withPrimary({ extensions });
    conversation = await talkTo({ port });
    const replies = await conversation.send(envelope(['a@x.test', 'refuse@x.test', 'full@x.test']), [body]);
    expect(replies).toEqual([
      { recipient: 'a@x.test', reply: expect.stringMatching(/^250 /) },
      { recipient: 'refuse@x.test', reply: '550 5.1.1 User unknown' },
      { recipient: 'full@x.test', reply: '452 4.2.2 Mailbox full' },
    ]);
    expect(await conversation.send(envelope(['refuse@x.test']), [body])).toEqual([
      { recipient: 'refuse@x.test', reply: '550 5.1.1 User unknown' },
    ]);
    await conversation.send(envelope(['b@x.test']), [body]);
    expect(received.map(({ rcptTo, session }) => [rcptTo, session])).toEqual([
      [['a@x.test'], 1],
      [['b@x.test'], 1],
    ]);
    expect(received.every(({ raw }) => raw.equals(body))).toBe(true);
  });

  it('gives all of them the reply to the final dot', async () => {
    const { port } = await withPrimary({ extensions });
    conversation = await talkTo({ port });
    const replies = await conversation.send(envelope(['a@x.test', 'refuse-data@x.test']), [body]);
    expect(replies.map(({ reply }) => reply)).toEqual(Array(2).fill('554 5.6.0 Message content rejected'));
    expect(conversation.isUsable).toBe(true);
  });
});

it('sends byte for byte: dots, 8 bits, long lines, with a header on top, in one go for many', async () => {
  const wild = Buffer.concat([
    Buffer.from('Subject: dots\r\n\r\n.\r\n..\r\n...three\r\n'),
    Buffer.from([0xff, 0xfe, 0x80]),
    Buffer.from(`\r\n${'x'.repeat(200_000)}\r\n.\r\n\r\n`),
  ]);
  const { port, received } = await withPrimary({ extensions: ['PIPELINING'] });
  conversation = await talkTo({ port });
  const many = Array.from({ length: 300 }, (_, n) => `r${n}@x.test`);
  await conversation.send(envelope(many), [Buffer.from('X-Top: yes\r\n'), wild]);
  expect(received[0]?.raw.equals(Buffer.concat([Buffer.from('X-Top: yes\r\n'), wild]))).toBe(true);
  // Where 8BITMIME is not offered nothing is claimed, and nothing converted.
  expect(received[0]?.mailParameters).toBe('');
  expect(received[0]?.rcptTo).toEqual(many);
});

it.each([
  ['', '.\r\n'],
  ['.\r\n', '..\r\n.\r\n'],
  ['a\r\n.b\r\n..\r\n', 'a\r\n..b\r\n...\r\n.\r\n'],
  ['no end', 'no end\r\n.\r\n'],
  ['\r\n.\r\n.\r\n', '\r\n..\r\n..\r\n.\r\n'],
])('stuffs %j', (plain, stuffed) =>
  expect(Buffer.concat(dotStuffed([Buffer.from(plain)])).toString()).toBe(stuffed),
);

it('passes on what the sender asked for in reports, where the primary takes it', async () => {
  const wish = envelope([], {
    to: [
      { address: 'a@x.test', notify: ['success', 'delay'], originalRecipient: 'rfc822;a+b=c@y.test' },
      { address: 'b@x.test', notify: null, originalRecipient: null },
    ],
    ret: 'hdrs',
    envelopeId: 'id 1+2',
  });
  const { port, received } = await withPrimary({ extensions: ['PIPELINING', 'DSN', 'SIZE 1000'] });
  conversation = await talkTo({ port });
  await conversation.send(wish, [body]);
  expect(received[0]).toMatchObject({
    mailParameters: 'SIZE=100 RET=HDRS ENVID=id+201+2B2',
    rcptParameters: ['NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a+2Bb+3Dc@y.test', ''],
  });
});

describe('what the primary cannot take as it is', () => {
  it('waits when it needs SMTPUTF8, and goes where that is known', async () => {
    const utf8 = Buffer.from('Subject: gr\u00fcn\r\n\r\nx\r\n');
    const old = await withPrimary({ extensions: ['PIPELINING'] });
    conversation = await talkTo(old);
    const needs = [
      [envelope(['j\u00fcrgen@x.test']), body],
      [envelope(['a@x.test'], { isSmtpUtf8: true }), utf8],
    ] as const;
    for (const [wish, message] of needs)
      expect((await conversation.send(wish, [message]))[0]?.reply).toMatch(/^The message .* SMTPUTF8$/);
    // Asked for, and not needed.
    await conversation.send(envelope(['a@x.test'], { isSmtpUtf8: true }), [body]);
    expect(old.received).toHaveLength(1);
    conversation.close();
    await old.close();
    const modern = await withPrimary({ extensions: ['PIPELINING', 'SMTPUTF8'] });
    conversation = await talkTo(modern);
    for (const [wish, message] of needs) await conversation.send(wish, [message]);
    expect(modern.received.map(({ mailParameters, rcptTo }) => [mailParameters, rcptTo[0]])).toEqual([
      ['SMTPUTF8', 'j\u00fcrgen@x.test'],
      ['SMTPUTF8', 'a@x.test'],
    ]);
  });

  it('is refused as the primary would when it is too big', async () => {
    const { port, count } = await withPrimary({ maxBytes: 50 });
    conversation = await talkTo({ port });
    expect((await conversation.send(envelope(['a@x.test']), [body]))[0]?.reply).toMatch(/^552 5\.3\.4 /);
    expect(count).toBe(0);
  });

  it('waits when the sender demands what an open connection cannot give', async () => {
    const { port, received } = await withPrimary({ extensions: ['REQUIRETLS'] });
    conversation = await talkTo({ port });
    const [answer] = await conversation.send(envelope(['a@x.test'], { requireTls: true }), [body]);
    expect(answer?.reply).toMatch(/REQUIRETLS/);
    expect(received).toEqual([]);
  });

  it('cannot be made to say other commands', async () => {
    const { port, received } = await withPrimary();
    conversation = await talkTo({ port });
    const [answer] = await conversation.send(envelope(['a@x.test>\r\nRSET']), [body]);
    expect(answer?.reply).toMatch(/cannot be written in SMTP/);
    expect(received).toEqual([]);
  });
});

describe('the client that brought it', () => {
  const client = { address: '2001:db8::7', name: 'mail.elsewhere.test', helo: 'elsewhere.test', id: 'id-1' };
  const wish = envelope(['a@x.test'], { client });

  it('is told by XCLIENT, before each message that another client brought', async () => {
    const extensions = ['PIPELINING', 'XCLIENT NAME ADDR PROTO HELO'];
    const { port, received } = await withPrimary({ extensions });
    conversation = await talkTo({ port }, {}, { tellsClient: 'xclient' });
    await conversation.send(wish, [body]);
    await conversation.send(
      envelope(['b@x.test'], { client: { ...client, address: '192.0.2.1', name: null } }),
      [body],
    );
    await conversation.send(envelope(['c@x.test']), [body]);
    // Whoever was told of one client is never given mail of another in that one's name.
    expect(received.map(({ session }) => session)).toEqual([1, 2, 3]);
    expect(received.map(({ client: told, helo }) => [told, helo])).toEqual([
      [
        { NAME: 'mail.elsewhere.test', ADDR: 'IPV6:2001:db8::7', PROTO: 'ESMTP', HELO: 'elsewhere.test' },
        'elsewhere.test',
      ],
      [
        { NAME: '[UNAVAILABLE]', ADDR: '192.0.2.1', PROTO: 'ESMTP', HELO: 'elsewhere.test' },
        'elsewhere.test',
      ],
      [{}, 'mx.holdfast.test'],
    ]);
  });

  it('is told by XFORWARD, with our id', async () => {
    const { port, received } = await withPrimary({
      extensions: ['PIPELINING', 'XFORWARD NAME ADDR PROTO HELO SOURCE IDENT'],
    });
    conversation = await talkTo({ port }, {}, { tellsClient: 'xforward' });
    await conversation.send(wish, [body]);
    expect(received[0]).toMatchObject({
      client: { ADDR: 'IPV6:2001:db8::7', IDENT: 'id-1', SOURCE: 'REMOTE' },
      helo: 'mx.holdfast.test',
    });
  });

  it.each([['xclient'], ['xforward']] as const)(
    'is not told by %s where that is not offered',
    async (tellsClient) => {
      const { port, received } = await withPrimary();
      conversation = await talkTo({ port }, {}, { tellsClient });
      await conversation.send(wish, [body]);
      expect(received[0]).toMatchObject({ client: {}, helo: 'mx.holdfast.test' });
    },
  );
});

describe('a server that', () => {
  it('greets like ourselves is ourselves', async () => {
    const { port } = await withPrimary({ hostname: 'mx.holdfast.test' });
    const isOurselves = (name: string): boolean => name === 'mx.holdfast.test';
    await expect(talkTo({ port }, { isOurselves })).rejects.toThrow(/greets with our own name/);
    primary?.setGreeting('220 another.test ESMTP');
    await expect(talkTo({ port }, { isOurselves })).rejects.toThrow(/greets with our own name/);
  });

  it('must not be talked to is left before a word is said', async () => {
    const { port } = await withPrimary();
    const admit = (): void => {
      throw new Error('is in a private network');
    };
    await expect(talkTo({ port }, { admit })).rejects.toThrow('is in a private network');
    expect(primary?.sessions).toBe(0);
  });

  it('says no in its greeting is heard in its own words', async () => {
    const { port } = await withPrimary({ greeting: '421 4.3.2 Too busy' });
    await expect(talkTo({ port })).rejects.toThrow('421 4.3.2 Too busy');
  });

  it('hangs up in the middle leaves nothing settled', async () => {
    const { port } = await withPrimary();
    for (const recipient of ['hangup-in-data@x.test', 'hangup-after-data@x.test']) {
      conversation = await talkTo({ port });
      await expect(conversation.send(envelope([recipient]), [body])).rejects.toThrow(ConversationLost);
      expect(conversation.isUsable).toBe(false);
    }
  });

  it('falls silent is given up', async () => {
    const { port } = await withPrimary();
    conversation = await talkTo({ port }, {}, {}, { commandTimeoutMs: 100 });
    await expect(conversation.send(envelope(['mute@x.test']), [body])).rejects.toThrow('no answer in time');
  });

  it.each([
    ['HTTP/1.1 400 Bad Request\r\n', /^does not speak SMTP: HTTP/],
    [`220-${'x'.repeat(70_000)}`, /more than 64 KB/],
    ['', /closed the connection/],
  ])('says %j is no mail server', async (text, reason) => {
    const server = createServer((socket) => socket.on('error', () => undefined).end(text));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await expect(talkTo({ port: (server.address() as AddressInfo).port })).rejects.toThrow(reason);
    } finally {
      server.close();
    }
  });
});

it('reads what a server offers', () => {
  const extensions = new Extensions(
    '250-mx.test greets you\n250-SIZE 1000\n250-AUTH=LOGIN\n250-auth PLAIN login\n250 DSN',
  );
  expect(extensions.name).toBe('mx.test');
  expect(extensions.maxBytes).toBe(1000);
  expect(extensions.of('AUTH')).toEqual(['LOGIN', 'PLAIN', 'LOGIN']);
  expect([extensions.has('DSN'), extensions.has('PIPELINING')]).toEqual([true, false]);
  expect(new Extensions('250-x\n250 SIZE 0').maxBytes).toBeUndefined();
});
