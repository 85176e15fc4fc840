import type { DirectoryEntry } from '@holdfast/directory';
import { newMessageId } from '@holdfast/mail';
import type { SpoolEntry } from '@holdfast/spool';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Room, type Defaults } from './room';
import { Conversation } from './testing/conversation';
import { openPort25, type Port25 } from './testing/port-25';
import { play } from './testing/transcript';

describe('room', () => {
  let folder: string;
  const open: Room[] = [];
  const held = { messages: 0, bytes: 0 };
  let heldAsOf = Date.now();

  const entry = {
    domainId: 'domain',
    tenantId: 'tenant',
    name: 'held.test',
    limits: {
      maxHeldMessages: 10,
      maxHeldBytes: 10_000,
      maxMessageBytes: null,
      maxRecipientsPerMessage: null,
      maxMessagesPerHour: null,
    },
  } as unknown as DirectoryEntry;

  const defaults: Defaults = {
    maxHeldMessages: null,
    maxHeldBytes: null,
    maxRecipientsPerMessage: 1_000,
    maxMessagesPerHour: null,
  };

  function room(worker: number, of = entry): Room {
    const directory = {
      findById: () => of,
      heldBy: () => held,
      get heldAsOf() {
        return heldAsOf;
      },
    };
    const made = new Room({ path: folder, worker, defaults, directory });
    open.push(made);
    return made;
  }

  const message = (recipients = 1, bytes = 100): SpoolEntry =>
    ({
      id: newMessageId(),
      envelope: { tenantId: 'tenant', bytes, recipients: Array(recipients).fill({ domainId: 'domain' }) },
    }) as unknown as SpoolEntry;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-room-'));
    held.messages = 0;
    held.bytes = 0;
    heldAsOf = Date.now();
  });

  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('is claimed by several processes and never over-claimed', () => {
    const [one, two] = [room(0), room(1)];
    for (let n = 0; n < 5; n++) {
      one.claim([message()]);
      two.claim([message()]);
    }
    expect(() => one.claim([message()])).toThrow(/452 4\.3\.1/);
    expect(() => two.check(entry, 0)).toThrow(
      '452 4.3.1 The queue for held.test is full; please try again later',
    );
  });

  it('counts octets as well, and all recipients of a message', () => {
    const one = room(0);
    expect(() => one.claim([message(11)])).toThrow(/452/);
    expect(() => one.claim([message(1, 10_001)])).toThrow(/452/);
    expect(() => one.claim([message(10, 1_001)])).toThrow(/452/);
    one.claim([message(10, 1_000)]);
  });

  it('is looked at before the body comes, for all recipients that were named', () => {
    const one = room(0);
    one.check(entry, 1_000, 10);
    expect(() => one.check(entry, 1_000, 11)).toThrow(/452/);
    expect(() => one.check(entry, 1_001, 10)).toThrow(/452/);
    one.claim([message(1, 9_600)]);
    expect(() => one.check(entry, 0)).toThrow(/452/);
  });

  it('is given back when the spool did not take it', () => {
    const one = room(0);
    const big = message(10);
    one.claim([big]);
    one.giveBack([big.id]);
    one.claim([message(10)]);
  });

  it('counts what is registered once: here until Postgres was asked, there afterwards', () => {
    const [one, two] = [room(0), room(1)];
    const first = message(6);
    one.claim([first]);
    one.registered([first.id]);
    expect(() => two.claim([message(5)])).toThrow(/452/);
    heldAsOf = Date.now() + 1;
    held.messages = 6;
    two.claim([message(4)]);
    expect(() => one.claim([message()])).toThrow(/452/);
  });

  it('still counts what a process left when it died, until another has registered it', () => {
    room(0).claim([message(10)]);
    const again = room(0);
    heldAsOf = Date.now() + 1;
    expect(() => again.claim([message()])).toThrow(/452/);
    heldAsOf = Date.now() + 11_000;
    again.claim([message()]);
  });

  it('lets an hour have so many messages and no more', () => {
    const limited = { ...entry, limits: { ...entry.limits, maxMessagesPerHour: 2 } };
    const [one, two] = [room(0, limited), room(1, limited)];
    one.claim([message()]);
    two.claim([message()]);
    expect(() => one.claim([message()])).toThrow(
      '452 4.3.1 held.test takes 2 messages an hour; please try again later',
    );
  });
});

describe('a tenant with room for ten, and fifty senders at once', () => {
  let port25: Port25;
  beforeAll(async () => {
    port25 = await openPort25();
    await port25.owner.query(`update tenants set max_held_messages = 10 where name = 'two'`);
    while (port25.directory.find('other.test')?.limits.maxHeldMessages !== 10)
      await new Promise((resolve) => setImmediate(resolve));
  });
  afterAll(() => port25?.remove());

  it('gets ten messages; the others hear 452, and other tenants are not disturbed', async () => {
    const send = async (recipient: string): Promise<string> => {
      const conversation = await Conversation.open(port25.port);
      try {
        await conversation.reply();
        conversation.send('EHLO client.test\r\n');
        await conversation.reply();
        for (const command of ['MAIL FROM:<a@sender.test>', `RCPT TO:<${recipient}>`, 'DATA']) {
          conversation.send(`${command}\r\n`);
          const reply = await conversation.reply();
          if (!/^[23]/.test(reply)) return reply;
        }
        conversation.send('Subject: x\r\n\r\nx\r\n.\r\n');
        return await conversation.reply();
      } finally {
        conversation.close();
      }
    };
    const replies = await Promise.all(Array.from({ length: 50 }, () => send('bob@other.test')));
    expect(replies.filter((reply) => reply.startsWith('250 '))).toHaveLength(10);
    expect(new Set(replies.filter((reply) => !reply.startsWith('250 ')))).toEqual(
      new Set(['452 4.3.1 The queue for other.test is full; please try again later']),
    );
    expect(await send('bob@open.test')).toMatch(/^250 /);
  });

  it('hears 452 at the recipient who is too many, before any body', async () => {
    await port25.owner.query(`update tenants set max_held_messages = 2 where name = 'small'`);
    while (port25.directory.find('small.test')?.limits.maxHeldMessages !== 2)
      await new Promise((resolve) => setImmediate(resolve));
    await play(
      port25.port,
      `S: 220 ...
       C: EHLO client.test
       S: 250 ...
       C: MAIL FROM:<a@b.test> SIZE=700
       S: 250 ...
       C: RCPT TO:<one@small.test>
       S: 250 ...
       C: RCPT TO:<two@small.test>
       S: 250 ...
       C: RCPT TO:<three@small.test>
       S: 452 4.3.1 The queue for small.test is full; ...
       C: RCPT TO:<one@open.test>
       S: 250 ...`,
    );
  });
});
