import { bodies, dotStuffed, randomFrom } from '@holdfast/fake-attacker';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Conversation } from './testing/conversation';
import { openPort25, ourName, type Port25 } from './testing/port-25';

let port25: Port25;

beforeAll(async () => {
  port25 = await openPort25({ HOLDFAST_MAX_BYTES_IN_FLIGHT: String(2 ** 20) });
});

afterAll(() => port25?.remove());

const begin = async (recipient = 'x@open.test'): Promise<Conversation> => {
  const conversation = await Conversation.open(port25.port);
  await conversation.reply();
  conversation.send(`EHLO client.test\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<${recipient}>\r\nDATA\r\n`);
  for (let n = 0; n < 4; n++) await conversation.reply();
  return conversation;
};

const sendBody = async (octets: string | Buffer, recipient?: string): Promise<string> => {
  const conversation = await begin(recipient);
  conversation.send(octets);
  const reply = await conversation.reply();
  conversation.send('NOOP\r\n');
  expect(await conversation.reply()).toMatch(/^250 2\.0\.0 OK/);
  conversation.close();
  return reply;
};

const withoutOurLines = (body: string): string =>
  body.replace(/^Received:[^]*?X-Holdfast-Scan: [^\r]*\r\n/, '');

describe('a message that is cut in two on its way is the same message', () => {
  // All of them are cut everywhere in end-of-data.spec.ts; here is the network between, and the spool behind.
  it.each(bodies)('%s', async (_what, message) => {
    const octets = Buffer.from(dotStuffed(message), 'latin1');
    const random = randomFrom(octets.length);
    const conversation = await begin();
    const again = async (): Promise<void> => {
      conversation.send('MAIL FROM:<>\r\nRCPT TO:<x@open.test>\r\nDATA\r\n');
      for (let n = 0; n < 3; n++) await conversation.reply();
    };
    const cuts = Array.from({ length: Math.min(octets.length, 10) }, (_, n) =>
      octets.length <= 10 ? n : random(octets.length),
    );
    for (const cut of cuts) {
      if (cut > 0) conversation.send(octets.subarray(0, cut));
      // A turn of the event loop of both sides, so that the parts arrive apart.
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
      conversation.send(octets.subarray(cut));
      expect(await conversation.reply()).toMatch(/^250 2\.0\.0/);
      expect(withoutOurLines((await port25.newest()).body)).toBe(message);
      await again();
    }
    conversation.close();
  });

  it('lines of any length and all octets but the three that are refused stay as they are', async () => {
    const octets = Buffer.from(
      Array.from({ length: 255 }, (_, n) => n + 1).filter((octet) => octet !== 10 && octet !== 13),
    );
    const text = `${'x'.repeat(200_000)}\r\n${octets.toString('latin1')}\r\n`;
    expect(await sendBody(Buffer.from(`${text}.\r\n`, 'latin1'))).toMatch(/^250/);
    expect(withoutOurLines((await port25.newest()).body)).toBe(text);
  });
});

describe('too much', () => {
  it('is refused by the provider’s limit while it streams, and not kept in memory', async () => {
    expect(await sendBody(`${'x'.repeat(78)}\r\n`.repeat(20_000) + '.\r\n')).toMatch(
      /^552 5\.3\.4 .*1000000/,
    );
    expect(port25.memory.bytes).toBe(0);
  });

  it('is refused by the tenant’s limit', async () => {
    expect(await sendBody(`${'x'.repeat(20_000)}\r\n.\r\n`, 'x@small.test')).toMatch(/^552 5\.3\.4 .*10000/);
    expect(await sendBody(`${'x'.repeat(9_000)}\r\n.\r\n`, 'x@small.test')).toMatch(/^250/);
  });

  it('at once for memory waits on disk, and is taken', async () => {
    const [one, two] = [await begin(), await begin()];
    const half = `${'x'.repeat(600_000)}\r\n`;
    one.send(half);
    two.send(`${half}.\r\n`);
    expect(await two.reply()).toMatch(/^250/);
    one.send('.\r\n');
    expect(await one.reply()).toMatch(/^250/);
    expect(withoutOurLines((await port25.newest()).body)).toBe(half);
    expect(port25.memory.bytes).toBe(0);
    expect(await readdir(join(port25.config.dataDir, 'incoming'))).toEqual([]);
    for (const conversation of [one, two]) conversation.close();
  });

  it('is forgotten when the sender hangs up in the middle', async () => {
    const conversation = await begin();
    conversation.send('x'.repeat(100_000));
    while (port25.memory.bytes < 90_000) await new Promise((resolve) => setImmediate(resolve));
    conversation.close();
    while (port25.memory.bytes > 0) await new Promise((resolve) => setImmediate(resolve));
  });
});

describe('a big message', () => {
  const big = Buffer.alloc(9_000_000, `${'0123456789'.repeat(7)}\r\n`);
  const message = Buffer.concat([big, Buffer.from('the end\r\n.\r\n')]);
  const text = `${big.toString('latin1')}the end\r\n`;
  let room: Port25;

  beforeAll(async () => {
    room = await openPort25({ HOLDFAST_MAX_MESSAGE_BYTES: '20000000' });
  });
  afterAll(() => room?.remove());

  it('is stored octet for octet for every tenant, also when others come at the same time', async () => {
    const senders = await Promise.all(
      [0, 1, 2].map(async () => {
        const conversation = await Conversation.open(room.port);
        await conversation.reply();
        conversation.send(
          'EHLO c.test\r\nMAIL FROM:<>\r\nRCPT TO:<x@open.test>\r\nRCPT TO:<y@other.test>\r\nDATA\r\n',
        );
        for (let n = 0; n < 5; n++) await conversation.reply();
        conversation.send(message);
        return conversation;
      }),
    );
    for (const conversation of senders) {
      expect(await conversation.reply()).toMatch(/^250 .*queued as \S+, \S+$/);
      conversation.close();
    }
    const ids = room.spool.list(undefined, 100);
    expect(ids.length).toBe(6);
    for (const id of ids) {
      const body = (await room.spool.body(id))?.toString('latin1') ?? '';
      expect(body).toContain(id);
      expect(withoutOurLines(body) === text).toBe(true);
      expect((await room.spool.envelope(id))?.bytes).toBe(body.length);
    }
    expect(room.memory.bytes).toBe(0);
  });
});

describe('a loop', () => {
  const received = (by: string): string =>
    `Received: from x.test\r\n\tby ${by} with ESMTP id 1;\r\n\tMon, 23 Nov 2026 10:00:00 +0000\r\n`;

  it.each([
    ['a hundred servers', received('relay.test').repeat(100), /^554 5\.4\.6/],
    ['fewer', received('relay.test').repeat(99), /^250/],
    ['us, five times', received(ourName.toUpperCase()).repeat(5), /^554 5\.4\.6/],
    ['us, four times', received(ourName).repeat(4), /^250/],
  ])('is told by Received: %s', async (_what, lines, reply) => {
    expect(await sendBody(`${lines}Subject: x\r\n\r\nbody\r\n.\r\n`)).toMatch(reply);
  });

  it('is not seen in the text of a message', async () => {
    expect(await sendBody(`Subject: x\r\n\r\n${received(ourName).repeat(200)}.\r\n`)).toMatch(/^250/);
  });
});
