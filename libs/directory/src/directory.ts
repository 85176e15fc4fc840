import { listen, openPool, type Listener } from '@holdfast/database';
import type pg from 'pg';
import { readCopy, saveCopy } from './copy-on-disk';
import type { DirectoryEntry, HeldByTenant } from './entry';
import { loadDirectory, loadHeld, type Part } from './load';
import type { RecipientSet } from './recipient-set';

export interface DirectoryOptions {
  databaseUrl: string;
  /** where the last good copy lies */
  copyFile: string;
  onLoaded?(facts: { domains: number; isFromDisk: boolean; ms: number }): void;
  /** Postgres could not be asked; what is in memory stays in force */
  onFailed?(error: Error): void;
}

const gatherNoticesMs = 50;
const askAgainMs = 1_000;
const heldEveryMs = 1_000;
const saveAfterMs = 500;

/**
 * Answers from memory: is this domain ours, under which limits, where does its mail go? Nothing here waits for Postgres. The
 * snapshot follows the tables by notifications, within a second, one domain at a time; while Postgres is away the last
 * snapshot stays in force, and a program that starts then begins with the copy on disk.
 */
export class Directory {
  private byName = new Map<string, DirectoryEntry>();
  private byDomainId = new Map<string, DirectoryEntry>();
  private recipients = new Map<string, RecipientSet>();
  private held = new Map<string, HeldByTenant>();
  private freshAt: Date | undefined;
  private isFromDisk = false;

  private readonly pool: pg.Pool;
  private listener: Listener | undefined;
  private waiting: Part[] = [];
  private isReading = false;
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private isClosed = false;

  private constructor(private readonly options: DirectoryOptions) {
    this.pool = openPool({ url: options.databaseUrl, max: 2, program: 'holdfast-directory' });
  }

  /** Opens it and waits for the first snapshot, from Postgres or, if that is away, from disk. */
  static async open(options: DirectoryOptions): Promise<Directory> {
    const directory = new Directory(options);
    await directory.start();
    return directory;
  }

  /** @param name ASCII, lower case (see `asciiDomain`) */
  find(name: string): DirectoryEntry | undefined {
    return this.byName.get(name);
  }

  findById(domainId: string): DirectoryEntry | undefined {
    return this.byDomainId.get(domainId);
  }

  /** Whether a domain with the policy `list` lists this local part. */
  lists(entry: DirectoryEntry, localPart: string): boolean {
    return this.recipients.get(entry.domainId)?.has(localPart) ?? false;
  }

  heldBy(tenantId: string): HeldByTenant {
    return this.held.get(tenantId) ?? { messages: 0, bytes: 0 };
  }

  get size(): number {
    return this.byName.size;
  }

  /** When Postgres last confirmed the snapshot; undefined: not since this program started. */
  get confirmedAt(): Date | undefined {
    return this.freshAt;
  }

  get isCopyFromDisk(): boolean {
    return this.isFromDisk;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    if (this.timers.has('save')) await this.save();
    for (const timer of this.timers.values()) clearTimeout(timer);
    await this.listener?.close();
    await this.pool.end();
  }

  private async start(): Promise<void> {
    try {
      await this.read({});
    } catch (error) {
      this.options.onFailed?.(error as Error);
      await this.restore();
    }
    // Every connect reads everything: what was announced while nobody listened is lost.
    this.listener = listen(this.options.databaseUrl, ['directory'], {
      onConnect: () => this.changed({}),
      onNotice: (_name, payload) => this.changed(payload as Part),
    });
    this.later('held', heldEveryMs, () => void this.readHeld());
  }

  private changed(part: Part): void {
    this.waiting.push(part);
    this.later('read', gatherNoticesMs, () => void this.readWaiting());
  }

  private async readWaiting(): Promise<void> {
    // A second notice while we read waits for us: two readings side by side could end in the older state.
    if (this.isReading) return;
    this.isReading = true;
    while (this.waiting.length > 0 && !this.isClosed) {
      const parts = this.waiting.splice(0);
      try {
        await this.read(together(parts));
      } catch (error) {
        this.options.onFailed?.(error as Error);
        this.waiting.push(...parts);
        this.later('read', askAgainMs, () => void this.readWaiting());
        break;
      }
    }
    this.isReading = false;
  }

  private async read(part: Part): Promise<void> {
    const began = performance.now();
    const { entries, recipients } = await loadDirectory(this.pool, part);
    if (!part.domains && !part.tenants) {
      this.byName = new Map(entries.map((entry) => [entry.name, entry]));
      this.byDomainId = new Map(entries.map((entry) => [entry.domainId, entry]));
      this.recipients = recipients;
    } else {
      this.forget(part);
      for (const entry of entries) {
        this.byName.set(entry.name, entry);
        this.byDomainId.set(entry.domainId, entry);
        const list = recipients.get(entry.domainId);
        if (list) this.recipients.set(entry.domainId, list);
      }
    }
    this.freshAt = new Date();
    this.isFromDisk = false;
    this.options.onLoaded?.({
      domains: this.byName.size,
      isFromDisk: false,
      ms: Math.round(performance.now() - began),
    });
    this.saveSoon();
  }

  private forget({ domains = [], tenants = [] }: Part): void {
    const gone = new Set(domains);
    if (tenants.length > 0) {
      for (const entry of this.byDomainId.values())
        if (tenants.includes(entry.tenantId)) gone.add(entry.domainId);
    }
    for (const domainId of gone) {
      const entry = this.byDomainId.get(domainId);
      if (!entry) continue;
      this.byDomainId.delete(domainId);
      this.byName.delete(entry.name);
      this.recipients.delete(domainId);
    }
  }

  private async restore(): Promise<void> {
    const copy = await readCopy(this.options.copyFile);
    if (!copy) return;
    this.byName = new Map(copy.entries.map((entry) => [entry.name, entry]));
    this.byDomainId = new Map(copy.entries.map((entry) => [entry.domainId, entry]));
    this.recipients = copy.recipients;
    this.isFromDisk = true;
    this.options.onLoaded?.({ domains: this.byName.size, isFromDisk: true, ms: 0 });
  }

  private async readHeld(): Promise<void> {
    try {
      this.held = await loadHeld(this.pool);
      this.freshAt = new Date();
    } catch {
      // The counts of a second ago stay; the listener's reconnect says when Postgres is back.
    }
    if (!this.isClosed) this.later('held', heldEveryMs, () => void this.readHeld());
  }

  private saveSoon(): void {
    this.later('save', saveAfterMs, () => void this.save());
  }

  private async save(): Promise<void> {
    try {
      await saveCopy(this.options.copyFile, [...this.byName.values()], this.recipients);
    } catch (error) {
      this.options.onFailed?.(error as Error);
    }
  }

  private later(name: string, ms: number, then: () => void): void {
    if (this.timers.has(name)) return;
    this.timers.set(
      name,
      setTimeout(() => {
        this.timers.delete(name);
        if (!this.isClosed) then();
      }, ms),
    );
  }
}

/** Several notices as one reading. */
function together(parts: Part[]): Part {
  if (parts.some((part) => !part.domains && !part.tenants)) return {};
  const domains = parts.flatMap((part) => part.domains ?? []);
  const tenants = parts.flatMap((part) => part.tenants ?? []);
  return { domains: [...new Set(domains)], tenants: [...new Set(tenants)] };
}
