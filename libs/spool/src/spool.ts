/**
 * Keeping messages safe on this node.
 *
 * Promise: when `put` resolves, body, envelope and the mark "unregistered" of every entry are on the disk, all of them or none. A
 * kill, a crash or a power cut after that moment loses nothing; before it, nothing half written is ever seen.
 *
 * How: one LMDB environment, opened by every ingress and relay process of the node. A process has one transaction on its way at a
 * time (a `batch`, which is in one transaction whole), and all writes that come in meanwhile share the next: the group commit.
 * A commit writes the pages, calls fdatasync, then writes the meta page through a descriptor opened with O_DSYNC; its promise
 * resolves after that (seen with `strace -f -e trace=fdatasync,pwrite64`). Two defaults of lmdb-js are off, and must stay so:
 *   - `overlappingSync`: a process that opens the environment would take another's commit for synced before it is, and a failed
 *     sync leaves `flushed` waiting for ever. It was no faster for messages of 4 KiB.
 *   - `eventTurnBatching`: it makes a promise of its own that nobody handles; a failed commit (a full disk) would end the process.
 *
 * The order of things, in which a crash between any two steps loses nothing:
 *   1. spool before 250                      (ingress: `put`, then the reply)
 *   2. register before forgetting the mark   (registrar: Postgres commits, then `markRegistered`)
 *   3. settle before removing the body       (relay: Postgres commits, then `remove`)
 * A crash after 1 leaves the mark, and whoever starts next registers again, idempotently. A crash after 3's first half leaves a
 * body that nobody needs, and the sweeper, who compares `list` with Postgres, removes it.
 *
 * What is read is checked (CRC-32). A value that is not what was written goes to the database `damaged`, is reported through
 * `onDamaged`, and stays there for a person.
 */
import { statfsSync } from 'node:fs';
import { idFromBytes, idToBytes } from '@holdfast/mail';
import { open, type Database, type RootDatabase } from 'lmdb';
import type { SpooledEnvelope, SpoolEntry } from './envelope';
import { causeOf, SpoolDamaged, SpoolFull, type SpoolPart } from './failures';
import { sealed, unsealed } from './record';

export interface SpoolSettings {
  /** created when it does not exist */
  directory: string;
  /** `put` refuses with `SpoolFull` while less than this is free, on the disk and inside the file together. In octets. */
  minFreeBytes?: number;
  onDamaged?: (id: string, part: SpoolPart) => void;
}

export interface SpoolStats {
  messages: number;
  unregistered: number;
  damaged: number;
  /** octets of the file; it never shrinks, but what was freed inside is used again */
  fileBytes: number;
  /** octets that can still be written: what the file system has, and what is free inside the file */
  freeBytes: number;
}

// 1 TiB of address space, not of disk: only what is written takes room. Far above what such a node has, so the disk is the limit.
const mapBytes = 2 ** 40;
// Looking at the free space costs some microseconds; at full speed a node writes some tens of MB between two looks.
const lookAtFreeSpaceEveryMs = 200;
// Every process keeps one reader or two; a table that is too small would turn readers away.
const mostReaders = 512;
const mark = Buffer.from([1]);

export class Spool {
  private readonly root: RootDatabase<Buffer, Buffer>;
  private readonly bodies: Database<Buffer, Buffer>;
  private readonly envelopes: Database<Buffer, Buffer>;
  private readonly marks: Database<Buffer, Buffer>;
  private readonly damaged: Database<Buffer, Buffer>;
  private readonly waiting: { write: () => void; resolve: () => void; reject: (cause: Error) => void }[] = [];
  private isCommitting = false;
  private freeSpace = { bytes: 0, seenAt: -Infinity };

  constructor(private readonly settings: SpoolSettings) {
    const binary = { encoding: 'binary', keyEncoding: 'binary' } as const;
    this.root = open<Buffer, Buffer>({
      path: settings.directory,
      mapSize: mapBytes,
      maxDbs: 8,
      maxReaders: mostReaders,
      overlappingSync: false,
      eventTurnBatching: false,
      ...binary,
    });
    this.bodies = this.root.openDB({ name: 'bodies', ...binary });
    this.envelopes = this.root.openDB({ name: 'envelopes', ...binary });
    this.marks = this.root.openDB({ name: 'unregistered', ...binary });
    this.damaged = this.root.openDB({ name: 'damaged', ...binary });
  }

  /**
   * Stores messages. Resolves when all of them are durable; rejects with `SpoolFull` or another error when none of them is. A body
   * that stands in place comes alone: two of one place would overwrite each other.
   */
  async put(entries: readonly SpoolEntry[]): Promise<void> {
    if (entries.length === 0) return;
    if (entries.length > 1 && entries.some(({ body }) => 'memory' in body))
      throw new Error('A body in place must be put alone');
    this.refuseWhenFull();
    // Sealing may throw (memory); it comes first, so that a failure leaves no part of a message in the transaction.
    const records = entries.map(({ id, envelope, body }) => ({
      key: idToBytes(id),
      envelope: sealedEnvelope(envelope),
      body: sealed(body),
    }));
    await this.commit(() => {
      for (const { key, envelope, body } of records) {
        void this.bodies.put(key, body);
        void this.envelopes.put(key, envelope);
        void this.marks.put(key, mark);
      }
    });
  }

  /** The envelope, or undefined when the spool has no such message. Rejects with `SpoolDamaged`. */
  async envelope(id: string): Promise<SpooledEnvelope | undefined> {
    const content = await this.read(id, 'envelope');
    return content && (JSON.parse(content.toString()) as SpooledEnvelope);
  }

  /** The message as stored, or undefined when the spool has no such message. Rejects with `SpoolDamaged`. */
  body(id: string): Promise<Buffer | undefined> {
    return this.read(id, 'body');
  }

  /** Whether the body is here, without reading it. */
  has(id: string): boolean {
    return this.bodies.doesExist(idToBytes(id));
  }

  /** Writes a new envelope (say, with a later verdict) unless the message has left the spool meanwhile. */
  async updateEnvelope(id: string, envelope: SpooledEnvelope): Promise<void> {
    const key = idToBytes(id);
    const record = sealedEnvelope(envelope);
    await this.root.transaction(() => {
      if (this.envelopes.doesExist(key)) void this.envelopes.put(key, record);
    });
  }

  /** Forgets messages. To ask twice does no harm. */
  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.commit(() => {
      for (const id of ids) {
        const key = idToBytes(id);
        void this.bodies.remove(key);
        void this.envelopes.remove(key);
        void this.marks.remove(key);
      }
    });
  }

  /** Ids that Postgres may not know yet, oldest first. `olderThanMs` leaves out those whose own process is surely still busy. */
  unregistered({
    olderThanMs = 0,
    limit,
    after,
  }: {
    olderThanMs?: number;
    limit: number;
    after?: string;
  }): string[] {
    const newest = Buffer.alloc(16, 0xff);
    newest.writeUIntBE(Math.max(0, Date.now() - olderThanMs), 0, 6);
    return this.keys(this.marks, { limit, end: newest, after });
  }

  /** Takes the mark away. Call it only after Postgres has committed. */
  async markRegistered(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.commit(() => {
      for (const id of ids) void this.marks.remove(idToBytes(id));
    });
  }

  /** Puts the mark back on messages that Postgres turned out not to know, so that they are registered again. */
  async markUnregistered(ids: readonly string[]): Promise<void> {
    const keys = ids.map(idToBytes).filter((key) => this.envelopes.doesExist(key));
    if (keys.length === 0) return;
    await this.commit(() => {
      for (const key of keys) void this.marks.put(key, mark);
    });
  }

  /** Ids of all messages in order of arrival, a page at a time, for the sweeper. */
  list(after: string | undefined, limit: number): string[] {
    return this.keys(this.envelopes, { after, limit });
  }

  stats(): SpoolStats {
    const { fileBytes, reusableBytes } = this.file();
    const { bavail, bsize } = statfsSync(this.settings.directory);
    return {
      messages: statsOf(this.envelopes).entryCount,
      unregistered: statsOf(this.marks).entryCount,
      damaged: statsOf(this.damaged).entryCount,
      fileBytes,
      freeBytes: bavail * bsize + reusableBytes,
    };
  }

  async close(): Promise<void> {
    await this.root.close();
  }

  private commit(write: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ write, resolve, reject });
      if (!this.isCommitting) void this.commitWaiting();
    });
  }

  /** One transaction at a time; what comes in meanwhile shares the next. */
  private async commitWaiting(): Promise<void> {
    this.isCommitting = true;
    // Sessions whose data arrived in this turn of the event loop are still on their way to us.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const group = this.waiting.splice(0);
      try {
        await this.root.batch(() => {
          for (const { write } of group) write();
        });
        for (const { resolve } of group) resolve();
      } catch (failure) {
        const cause = await causeOf(failure, () => this.stats().freeBytes);
        for (const { reject } of group) reject(cause);
      }
    }
    this.isCommitting = false;
  }

  /** Whether a `put` would be taken at the moment. Cheap enough to be asked for every message. */
  hasRoom(): boolean {
    const now = performance.now();
    if (now - this.freeSpace.seenAt > lookAtFreeSpaceEveryMs)
      this.freeSpace = { bytes: this.stats().freeBytes, seenAt: now };
    return this.freeSpace.bytes >= (this.settings.minFreeBytes ?? 0);
  }

  private refuseWhenFull(): void {
    if (!this.hasRoom())
      throw new SpoolFull(
        `Only ${this.freeSpace.bytes} octets are free for the spool; ${this.settings.minFreeBytes} must remain`,
      );
  }

  /** The file only grows. What no database uses is free for the next writes. */
  private file(): { fileBytes: number; reusableBytes: number } {
    let used = 0;
    for (const database of [this.bodies, this.envelopes, this.marks, this.damaged]) {
      const { treeBranchPageCount, treeLeafPageCount, overflowPages } = statsOf(database);
      used += treeBranchPageCount + treeLeafPageCount + overflowPages;
    }
    const { pageSize, lastPageNumber } = statsOf(this.root);
    return {
      fileBytes: (lastPageNumber + 1) * pageSize,
      reusableBytes: Math.max(0, lastPageNumber - 1 - used) * pageSize,
    };
  }

  private async read(id: string, part: SpoolPart): Promise<Buffer | undefined> {
    const key = idToBytes(id);
    const database = part === 'body' ? this.bodies : this.envelopes;
    let record = database.getBinary(key);
    if (!record) {
      // lmdb reads by one snapshot until the next turn of the event loop; another process may have put it in since.
      this.root.resetReadTxn();
      record = database.getBinary(key);
    }
    if (!record) {
      if (this.damaged.doesExist(damagedKey(key, part))) throw new SpoolDamaged(id, part);
      return undefined;
    }
    const content = unsealed(record);
    if (content) return content;
    await this.setAside(key, part, record);
    this.settings.onDamaged?.(id, part);
    throw new SpoolDamaged(id, part);
  }

  private async setAside(key: Buffer, part: SpoolPart, record: Buffer): Promise<void> {
    await this.commit(() => {
      void this.damaged.put(damagedKey(key, part), Buffer.from(record));
      void (part === 'body' ? this.bodies : this.envelopes).remove(key);
      // Without an envelope nobody could register it; the mark would be tried for ever.
      if (part === 'envelope') void this.marks.remove(key);
    });
  }

  private keys(
    database: Database<Buffer, Buffer>,
    range: { after?: string | undefined; end?: Buffer; limit: number },
  ): string[] {
    const { after, end, limit } = range;
    const keys = database.getKeys({
      ...(after === undefined ? {} : { start: idToBytes(after), exclusiveStart: true }),
      ...(end ? { end } : {}),
      limit,
    });
    return Array.from(keys, (key) => idFromBytes(key));
  }
}

/** Opens the spool of this node; several processes may have it open. */
export function openSpool(settings: SpoolSettings): Spool {
  return new Spool(settings);
}

function sealedEnvelope(envelope: SpooledEnvelope): Buffer {
  return sealed(Buffer.from(JSON.stringify(envelope)));
}

function damagedKey(key: Buffer, part: SpoolPart): Buffer {
  return Buffer.concat([key, Buffer.from(part)]);
}

interface DatabaseStats {
  entryCount: number;
  treeBranchPageCount: number;
  treeLeafPageCount: number;
  overflowPages: number;
  pageSize: number;
  lastPageNumber: number;
}

function statsOf(database: Database<Buffer, Buffer>): DatabaseStats {
  // lmdb-js declares the result as {}.
  return database.getStats() as DatabaseStats;
}
