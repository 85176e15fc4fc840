import { utimes } from 'node:fs/promises';
import { healthOf } from './health';
import { Conversation } from './testing/conversation';
import { openPort25, type Port25 } from './testing/port-25';
import { play } from './testing/transcript';

let port25: Port25;

afterEach(() => port25?.remove());

const greeted = async (): Promise<Conversation> => {
  const conversation = await Conversation.open(port25.port);
  expect(await conversation.reply()).toMatch(/^220 /);
  return conversation;
};

const toData = async (): Promise<Conversation> => {
  const conversation = await greeted();
  conversation.send('EHLO c.test\r\nMAIL FROM:<>\r\nRCPT TO:<x@open.test>\r\nDATA\r\n');
  for (let n = 0; n < 4; n++) await conversation.reply();
  return conversation;
};

it('a disk that is nearly full is 452 4.3.1 before a body is sent', async () => {
  port25 = await openPort25({ HOLDFAST_MIN_FREE_BYTES: String(Number.MAX_SAFE_INTEGER) });
  await play(
    port25.port,
    `S: 220 ...
     C: EHLO c.test
     S: 250 ...
     C: MAIL FROM:<>
     S: 452 4.3.1 Our disk is nearly full; please try again later`,
  );
});

it('too much mail in memory is 452 4.3.1 at MAIL, until some of it is gone', async () => {
  port25 = await openPort25();
  const taken = port25.config.maxBytesInFlight + 1;
  port25.memory.take(taken);
  await play(
    port25.port,
    `S: 220 ...
     C: EHLO c.test
     S: 250 ...
     C: MAIL FROM:<>
     S: 452 4.3.1 Too much mail at once; please try again in a minute`,
  );
  port25.memory.giveBack(taken);
  await play(port25.port, 'S: 220 ...\nC: EHLO c.test\nS: 250 ...\nC: MAIL FROM:<>\nS: 250 2.1.0 ...');
});

it('anything unforeseen is 451 4.3.0', async () => {
  port25 = await openPort25();
  const conversation = await toData();
  // Nothing that the spool itself would say.
  port25.spool.put = () => Promise.reject(new Error('weather'));
  conversation.send('Subject: x\r\n\r\nx\r\n.\r\n');
  expect(await conversation.reply()).toMatch(/^451 4\.3\.0/);
  conversation.close();
});

it('a stop tells the idle at once, lets a message end, and takes nobody new', async () => {
  port25 = await openPort25();
  const [idle, busy] = [await greeted(), await toData()];
  busy.send('Subject: x\r\n');
  const stopped = port25.stop();
  expect(await idle.reply()).toMatch(/^421 4\.3\.2 We are stopping/);
  expect(await idle.reply()).toBe('closed');
  await expect(Conversation.open(port25.port)).rejects.toThrow(/ECONNREFUSED/);
  busy.send('\r\nx\r\n.\r\n');
  expect(await busy.reply()).toMatch(/^250 2\.0\.0/);
  expect(await busy.reply()).toMatch(/^421 4\.3\.2/);
  await stopped;
  // Registered too, before it left.
  const { rows } = await port25.owner.query('select count(*)::int as messages from messages');
  expect(rows[0].messages).toBe(1);
});

it('without any directory nobody is refused for ever: 421 4.3.2', async () => {
  port25 = await openPort25({ DATABASE_URL: 'postgres://holdfast_ingress@127.0.0.1:1/none' });
  const conversation = await Conversation.open(port25.port);
  expect(await conversation.reply()).toMatch(/^421 4\.3\.2 We are starting/);
  expect(await conversation.reply()).toBe('closed');
});

describe('with Postgres away from the start', () => {
  const nowhere = { DATABASE_URL: 'postgres://holdfast_ingress@127.0.0.1:1/none' };
  let before: Port25;

  beforeEach(async () => {
    before = await openPort25();
    await before.stop();
  });
  afterEach(() => before?.remove());

  it('what was known last decides, and health says so', async () => {
    port25 = await openPort25({ ...nowhere, HOLDFAST_DATA_DIR: before.config.dataDir });
    await play(
      port25.port,
      `S: 220 ...
       C: EHLO c.test
       S: 250 ...
       C: MAIL FROM:<>
       S: 250 2.1.0 ...
       C: RCPT TO:<bob@listed.test>
       S: 250 2.1.5 ...
       C: RCPT TO:<x@stranger.test>
       S: 550 5.7.1 ...
       C: DATA
       S: 354 ...
       C: Subject: x
       C:
       C: .
       S: 250 2.0.0 Ok: queued as ...`,
    );
    expect(healthOf(port25).reasons.join()).toMatch(/copy/);
  });

  it('what was known too long ago decides nothing: 421 4.3.2', async () => {
    const longAgo = new Date(Date.now() - 4 * 86_400_000);
    await utimes(before.config.directoryCopy, longAgo, longAgo);
    port25 = await openPort25({ ...nowhere, HOLDFAST_DATA_DIR: before.config.dataDir });
    await play(port25.port, 'S: 421 4.3.2 Our list of domains is too old; please try again later\nS: closed');
  });
});
