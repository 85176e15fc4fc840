import { Conversation } from '@holdfast/fake-attacker';
import { jest } from '@jest/globals';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { deflateRawSync, crc32 } from 'node:zlib';
import { openTarget, type Target } from './target';

jest.setTimeout(120_000);

let target: Target;
const sockets = new Set<Socket>();

/** Seven bombs at once: their octets in memory, once more where the spool copies what it commits, and what was not collected yet. */
const mostBytes = 350e6;

beforeAll(async () => {
  target = await openTarget({
    hasClamav: true,
    env: {
      HOLDFAST_MAX_SESSIONS: '600',
      HOLDFAST_MAX_SESSIONS_PER_NETWORK: '50',
      HOLDFAST_MAX_MESSAGE_BYTES: '5000000',
      HOLDFAST_IDLE_SECONDS: '20',
    },
  });
});

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  target.check();
  expect(target.failures).toEqual([]);
  expect(target.mostBytes).toBeLessThan(mostBytes);
});

afterAll(() => target?.close());

async function dial(localAddress: string): Promise<Socket> {
  const socket = connect({ port: target.port, host: '127.0.0.1', localAddress });
  socket.on('error', () => undefined);
  sockets.add(socket);
  await once(socket, 'connect');
  return socket;
}

const letter = 'From: a@sender.test\r\nSubject: x\r\n\r\nx\r\n';

/** Somebody honest from elsewhere, who tries again as a mail server does. @returns how long it took, in ms */
async function honestIsServed(withinMs: number, text = letter): Promise<number> {
  const began = performance.now();
  for (;;) {
    const conversation = await Conversation.open(target.port, '127.200.1.1');
    try {
      const greeting = await conversation.reply();
      if (greeting.startsWith('220')) {
        conversation.send(
          'EHLO honest.test\r\nMAIL FROM:<a@sender.test>\r\nRCPT TO:<bob@open.test>\r\nDATA\r\n',
        );
        for (let n = 0; n < 4; n++) expect(await conversation.reply()).toMatch(/^[23]5/);
        conversation.send(`${text}.\r\n`);
        expect(await conversation.reply()).toMatch(/^250 2\.0\.0/);
        return performance.now() - began;
      }
      expect(greeting).toMatch(/^421 /);
    } finally {
      conversation.close();
    }
    if (performance.now() - began > withinMs) throw new Error(`not served within ${withinMs} ms`);
  }
}

it('a thousand idle connections from one network keep nobody out', async () => {
  await Promise.all(Array.from({ length: 1_000 }, (_, n) => dial(`127.7.7.${(n % 250) + 1}`)));
  expect(await honestIsServed(2_000)).toBeLessThan(2_000);
});

it('idle connections from more networks than there is room for give way', async () => {
  for (let from = 0; from < 700; from += 100)
    await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        dial(`127.${100 + Math.floor((from + n) / 200)}.${(from + n) % 200}.1`),
      ),
    );
  await honestIsServed(15_000);
});

it('who floods and reads no answer is not read from for ever, and costs no memory', async () => {
  const flood = await dial('127.8.8.8');
  await once(flood, 'data');
  flood.pause();
  flood.write('EHLO a.test\r\nMAIL FROM:<>\r\n');
  const line = Buffer.from('RCPT TO:<bob@open.test>\r\n'.repeat(40_000));
  const before = target.mostBytes;
  let isStuck = false;
  for (let n = 0; n < 40 && !isStuck; n++) {
    flood.write(line);
    // What the kernel keeps for both of us fills, and then nothing more is taken.
    isStuck = flood.writableLength > 0 && !(await drained(flood, 1_500));
  }
  expect(isStuck).toBe(true);
  expect(target.mostBytes - before).toBeLessThan(60e6);
  expect(await honestIsServed(2_000)).toBeLessThan(2_000);
});

const drained = (socket: Socket, withinMs: number): Promise<boolean> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), withinMs);
    socket.once('drain', () => (clearTimeout(timer), resolve(true)));
  });

it('a handshake that is renegotiated without end is cut', async () => {
  const plain = await dial('127.9.9.9');
  await once(plain, 'data');
  plain.write('EHLO a.test\r\n');
  await once(plain, 'data');
  plain.write('STARTTLS\r\n');
  await once(plain, 'data');
  const secured = connectTls({ socket: plain, rejectUnauthorized: false, maxVersion: 'TLSv1.2' });
  secured.on('error', () => undefined);
  await once(secured, 'secureConnect');
  let times = 0;
  while (times < 20 && !secured.destroyed) {
    times++;
    const isDone = await new Promise<boolean>((resolve) => {
      secured.once('close', () => resolve(false));
      if (!secured.renegotiate({ rejectUnauthorized: false }, (error) => resolve(!error))) resolve(false);
    });
    if (!isDone) break;
  }
  expect(times).toBeLessThan(6);
});

it('who closes his half in the middle of a message is gone, and so is the message', async () => {
  const half = await dial('127.10.10.10');
  await once(half, 'data');
  half.end('EHLO a.test\r\nMAIL FROM:<>\r\nRCPT TO:<bob@open.test>\r\nDATA\r\nSubject: half');
  half.resume();
  await once(half, 'close');
});

it('who never closes his half after the end is closed', async () => {
  const stubborn = connect({
    port: target.port,
    host: '127.0.0.1',
    localAddress: '127.11.11.11',
    allowHalfOpen: true,
  });
  sockets.add(stubborn);
  stubborn.on('error', () => undefined);
  await once(stubborn, 'data');
  stubborn.write('QUIT\r\n');
  stubborn.resume();
  await once(stubborn, 'end');
  const dripping = setInterval(() => stubborn.write('x'), 200);
  await new Promise<void>((resolve) => stubborn.once('close', () => resolve()));
  clearInterval(dripping);
});

/** A ZIP archive of one file of zeros (APPNOTE.TXT section 4.3.7), which is a thousand times as big when it is opened. */
function bomb(bytes: number): Buffer {
  const zeros = Buffer.alloc(bytes);
  const packed = deflateRawSync(zeros);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(8, 4);
  common.writeUInt32LE(crc32(zeros), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(bytes, 18);
  common.writeUInt16LE(1, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from('a'), packed]);
  const central = Buffer.concat([
    Buffer.from('PK\x01\x02\x14\x00'),
    common,
    Buffer.alloc(14),
    Buffer.from('a'),
  ]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}

it('bombs are answered in time, and nobody waits for them', async () => {
  const attached = (octets: Buffer): string =>
    `From: a@sender.test\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/zip; name="a.zip"\r\nContent-Transfer-Encoding: base64\r\n\r\n${octets.toString('base64').replace(/.{76}/g, '$&\r\n')}\r\n--b--\r\n`;
  const nested = Array.from(
    { length: 2_000 },
    (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`,
  ).join('');
  const bombs = [
    attached(bomb(200_000_000)),
    attached(bomb(1_000_000)).repeat(20),
    `From: a@sender.test\r\n${nested}\r\nx\r\n`,
    `From: a@sender.test\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(200_000)}--b--\r\n`,
    `From: a@sender.test\r\n${'X-Many: 1\r\n'.repeat(200_000)}\r\nx\r\n`,
    `From: a@sender.test\r\nSubject: ${'=?utf-8?b?4pyT?= '.repeat(100_000)}\r\n\r\nx\r\n`,
    `From: a@sender.test\r\nContent-Type: text/html\r\n\r\n${'<div>'.repeat(400_000)}\r\n`,
  ];
  const began = performance.now();
  const answers = bombs.map(async (text, n) => {
    const conversation = await Conversation.open(target.port, `127.20.${n}.1`);
    await conversation.reply();
    conversation.send('EHLO a.test\r\nMAIL FROM:<a@sender.test>\r\nRCPT TO:<bob@open.test>\r\nDATA\r\n');
    for (let replies = 0; replies < 4; replies++) await conversation.reply();
    conversation.send(`${text}.\r\n`);
    // Conversation waits ten seconds; a scan may take eight.
    const answer = await conversation.reply();
    conversation.close();
    return answer;
  });
  await honestIsServed(12_000);
  for (const answer of await Promise.all(answers))
    expect(answer).toMatch(/^250 2\.0\.0|^451 4\.7\.1|^550 5\.7\.1/);
  expect(performance.now() - began).toBeLessThan(20_000);
});
