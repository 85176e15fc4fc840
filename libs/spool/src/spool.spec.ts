import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { idToBytes, newMessageId } from '@holdfast/mail';
import { open } from 'lmdb';
import { openSpool, SpoolDamaged, SpoolFull, type Spool, type SpoolPart } from './index';
import { bodyOf, envelopeFor } from './testing/sample';

let directory: string;
let spool: Spool;
const damaged: [string, SpoolPart][] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdfast-spool-'));
  damaged.length = 0;
  spool = openSpool({ directory, onDamaged: (id, part) => damaged.push([id, part]) });
});

afterEach(async () => {
  await spool.close();
  await rm(directory, { recursive: true, force: true });
});

const putOne = async (bytes = 100, id = newMessageId()): Promise<string> => {
  await spool.put([{ id, envelope: envelopeFor(bytes), body: bodyOf(id, bytes) }]);
  return id;
};

const reopen = async (settings: { minFreeBytes?: number } = {}): Promise<void> => {
  await spool.close();
  spool = openSpool({ directory, ...settings, onDamaged: (id, part) => damaged.push([id, part]) });
};

describe('what was put', () => {
  it('is read back byte for byte, also after a restart', async () => {
    const id = newMessageId();
    const everyOctet = Buffer.from(Array.from({ length: 256 }, (_, octet) => octet));
    await spool.put([{ id, envelope: envelopeFor(512), body: [everyOctet, everyOctet] }]);
    await reopen();
    expect(await spool.body(id)).toEqual(Buffer.concat([everyOctet, everyOctet]));
    expect(await spool.envelope(id)).toEqual(envelopeFor(512));
  });

  it('waits to be registered until somebody says that it is', async () => {
    const [first, second] = [await putOne(), await putOne()];
    expect(spool.unregistered({ limit: 10 }).sort()).toEqual([first, second].sort());
    expect(spool.unregistered({ limit: 10, olderThanMs: 60_000 })).toEqual([]);
    await spool.markRegistered([first]);
    expect(spool.unregistered({ limit: 10 })).toEqual([second]);
    await reopen();
    expect(spool.unregistered({ limit: 10 })).toEqual([second]);
  });

  it('is gone after remove, which may be asked for twice', async () => {
    const id = await putOne();
    await spool.remove([id]);
    await spool.remove([id]);
    expect(await spool.body(id)).toBeUndefined();
    expect(await spool.envelope(id)).toBeUndefined();
    expect(spool.unregistered({ limit: 10 })).toEqual([]);
  });

  it('is listed a page at a time, in order of arrival', async () => {
    const ids = [];
    for (let n = 0; n < 5; n++) ids.push(await putOne(10, newMessageId(1_700_000_000_000 + n)));
    expect(spool.list(undefined, 2)).toEqual(ids.slice(0, 2));
    expect(spool.list(ids[1], 10)).toEqual(ids.slice(2));
  });

  it('may get a later verdict, but not once it has left', async () => {
    const id = await putOne();
    await spool.updateEnvelope(id, { ...envelopeFor(100), scan: 'spam' });
    expect((await spool.envelope(id))?.scan).toBe('spam');
    await spool.remove([id]);
    await spool.updateEnvelope(id, envelopeFor(100));
    expect(await spool.envelope(id)).toBeUndefined();
  });

  it('is counted', async () => {
    await putOne();
    const id = await putOne();
    await spool.markRegistered([id]);
    const stats = spool.stats();
    expect(stats).toMatchObject({ messages: 2, unregistered: 1, damaged: 0 });
    expect(stats.fileBytes).toBeGreaterThan(4096);
    expect(stats.freeBytes).toBeGreaterThan(0);
  });
});

it('puts several messages or none', async () => {
  await spool.put([]);
  const [one, two] = [newMessageId(), newMessageId()];
  await spool.put([
    { id: one, envelope: envelopeFor(1), body: Buffer.from('1') },
    { id: two, envelope: envelopeFor(1), body: Buffer.from('2') },
  ]);
  expect((await spool.body(two))?.toString()).toBe('2');
});

describe('what is damaged', () => {
  // Writes behind the spool's back, as a failing disk does.
  const damage = async (id: string, part: 'bodies' | 'envelopes'): Promise<void> => {
    await spool.close();
    const root = open<Buffer, Buffer>({
      path: directory,
      maxDbs: 8,
      mapSize: 2 ** 40,
      overlappingSync: false,
      encoding: 'binary',
      keyEncoding: 'binary',
    });
    const database = root.openDB<Buffer, Buffer>({ name: part, encoding: 'binary', keyEncoding: 'binary' });
    const record = Buffer.from(database.getBinary(idToBytes(id)) ?? Buffer.alloc(0));
    record[record.length - 1] = (record[record.length - 1] ?? 0) ^ 0x20;
    await database.put(idToBytes(id), record);
    await root.close();
    spool = openSpool({ directory, onDamaged: (id, part) => damaged.push([id, part]) });
  };

  it.each([['bodies', 'body'] as const, ['envelopes', 'envelope'] as const])(
    'in %s is set aside, reported once and never delivered',
    async (database, part) => {
      const id = await putOne();
      await damage(id, database);
      for (let time = 0; time < 2; time++) await expect(spool[part](id)).rejects.toThrow(SpoolDamaged);
      expect(damaged).toEqual([[id, part]]);
      expect(spool.stats().damaged).toBe(1);
    },
  );
});

describe('a spool whose disk is nearly full', () => {
  it('takes nothing more, keeps what it has, and takes mail again when there is room', async () => {
    const kept = await putOne(20_000);
    const { freeBytes } = spool.stats();
    await reopen({ minFreeBytes: freeBytes * 2 });
    await expect(putOne()).rejects.toThrow(SpoolFull);
    expect(spool.list(undefined, 10)).toEqual([kept]);
    expect(await spool.body(kept)).toEqual(bodyOf(kept, 20_000));
    await reopen({ minFreeBytes: freeBytes / 2 });
    await putOne();
  });

  it('counts what was freed inside its file as free', async () => {
    const ids = [];
    for (let n = 0; n < 20; n++) ids.push(await putOne(100_000));
    const { fileBytes } = spool.stats();
    await spool.remove(ids);
    for (let n = 0; n < 15; n++) await spool.remove([await putOne(100_000)]);
    expect(spool.stats().fileBytes).toBeLessThan(fileBytes * 1.5);
  });
});
