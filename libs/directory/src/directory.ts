import { listen, openPool, type Listener } from '@holdfast/database';
import type pg from 'pg';
import { readCopy, saveCopy } from './copy-on-disk';
import type { DirectoryEntry, HeldByTenant } from './entry';
import { loadEntries, loadHeld, type Part } from './load';
import { loadLists } from './load-lists';
import { Notices, type ListChange, type Notice } from './notices';
import { Snapshot } from './snapshot';
import { Standings } from './standings';
import type { TenantFilter } from './tenant-filter';
import { TenantFilters } from './tenant-filters';

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
/** Writing the copy takes at most this part of our time, however large the directory is and however often it changes. */
const savingShare = 1 / 20;

/**
 * Answers from memory: is this domain ours, under which limits, where does its mail go? Nothing here waits for Postgres. The
 * snapshot follows the tables by notifications, within a second, one domain or one recipient at a time; while Postgres is away
 * the last snapshot stays in force, and a program that starts then begins with the copy on disk.
 */
export class Directory {
  private readonly snapshot = new Snapshot();
  private readonly standings = new Standings();
  private readonly notices = new Notices();
  private held = new Map<string, HeldByTenant>();
  private readonly filters = new TenantFilters();
  private heldAt = 0;
  private freshAt: Date | undefined;
  private isFromDisk = false;

  private readonly pool: pg.Pool;
  private listener: Listener | undefined;
  private reading: Promise<void> | undefined;
  private saving: Promise<void> | undefined;
  private saveNotBefore = 0;
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
    return this.snapshot.byName.get(name);
  }

  findById(domainId: string): DirectoryEntry | undefined {
    return this.snapshot.byDomainId.get(domainId);
  }

  /** Whether a domain with the policy `list` lists this local part: by itself, by its user with a plus, or by a pattern. */
  lists(entry: DirectoryEntry, localPart: string): boolean {
    return this.snapshot.lists.get(entry.domainId)?.has(localPart, entry.hasPlusAddressing) ?? false;
  }

  /** Whether the sentinel saw the domain's primary answer, lately; false also when nobody knows. */
  isPrimaryUp({ domainId }: DirectoryEntry): boolean {
    return this.standings.isUp(domainId);
  }

  heldBy(tenantId: string): HeldByTenant {
    return this.held.get(tenantId) ?? { messages: 0, bytes: 0 };
  }

  /** When the question was asked that `heldBy` answers, in ms since 1970; 0: never yet. */
  get heldAsOf(): number {
    return this.heldAt;
  }

  /** How firmly a tenant wants to be guarded; the provider's defaults where it said nothing. */
  filterOf(tenantId: string): TenantFilter {
    return this.filters.of(tenantId);
  }

  get size(): number {
    return this.snapshot.byName.size;
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
    const isUnsaved = this.timers.has('save');
    for (const timer of this.timers.values()) clearTimeout(timer);
    await this.listener?.close();
    await this.reading;
    await this.saving;
    if (isUnsaved) await this.save();
    await this.pool.end();
  }

  private async start(): Promise<void> {
    // Listening comes first: what changes while the first snapshot is read is announced, and nothing has to be read twice.
    const isListening = await new Promise<boolean>((resolve) => {
      let isFirst = true;
      this.listener = listen(this.options.databaseUrl, ['directory'], {
        onConnect: () => {
          resolve(true);
          // What was announced while nobody listened is lost.
          if (!isFirst) this.changed({});
          isFirst = false;
        },
        onLost: (error) => {
          if (isFirst) this.options.onFailed?.(error);
          isFirst = false;
          resolve(false);
        },
        onNotice: (_name, payload) => this.changed(payload as Notice),
      });
    });
    let isRead = false;
    if (isListening) {
      this.reading = this.read({}, []).then(
        () => void (isRead = true),
        (error: Error) => {
          this.options.onFailed?.(error);
          this.changed({});
        },
      );
      await this.reading;
      this.reading = undefined;
      this.readSoon(0);
    }
    if (!isRead) await this.restore();
    else await this.readHeld();
    this.later('held', heldEveryMs, () => void this.readHeld());
  }

  private changed(notice: Notice): void {
    this.notices.add(notice);
    this.readSoon(gatherNoticesMs);
  }

  private readSoon(ms: number): void {
    if (this.notices.isEmpty) return;
    this.later('read', ms, () => {
      // A second notice while we read waits for us: two readings side by side could end in the older state.
      this.reading ??= this.readWaiting().finally(() => {
        this.reading = undefined;
        this.readSoon(askAgainMs);
      });
    });
  }

  private async readWaiting(): Promise<void> {
    while (!this.notices.isEmpty && !this.isClosed) {
      const { part, lists } = this.notices.take();
      try {
        await this.read(part, lists);
      } catch (error) {
        this.options.onFailed?.(error as Error);
        this.notices.putBack(part);
        return;
      }
    }
  }

  /** @param part undefined: no domain changed, only lists */
  private async read(part: Part | undefined, changes: ListChange[]): Promise<void> {
    const began = performance.now();
    const { snapshot } = this;
    const lost = this.follow(changes);
    if (part) {
      const isWhole = !part.domains && !part.tenants;
      await this.filters.read(this.pool, isWhole ? undefined : (part.tenants ?? []));
      const gone = new Set(
        isWhole
          ? snapshot.byDomainId.keys()
          : [...(part.domains ?? []), ...snapshot.ofTenants(part.tenants ?? [])],
      );
      const wanted = new Set(lost);
      const heldBack: DirectoryEntry[] = [];
      for await (const entries of loadEntries(this.pool, part)) {
        for (const entry of entries) {
          gone.delete(entry.domainId);
          // With its list, or not at all: a domain whose list has yet to come would refuse everybody.
          if (entry.recipientPolicy === 'list') wanted.add(entry.domainId);
          if (entry.recipientPolicy !== 'list' || snapshot.lists.has(entry.domainId)) snapshot.put(entry);
          else heldBack.push(entry);
        }
      }
      await this.readLists(wanted);
      for (const entry of heldBack) snapshot.put(entry);
      for (const domainId of gone) snapshot.forget(domainId);
    } else if (lost.length > 0) await this.readLists(new Set(lost));
    this.freshAt = new Date();
    this.isFromDisk = false;
    const ms = Math.round(performance.now() - began);
    this.options.onLoaded?.({ domains: this.size, isFromDisk: false, ms });
    this.saveSoon();
  }

  /** Follows changes of lists that we have. @returns the domains whose list must be read, because a change before was missed */
  private follow(changes: ListChange[]): string[] {
    const lost = new Set<string>();
    for (const { domain, revision, added, removed } of changes) {
      const list = this.snapshot.lists.get(domain);
      if (!list || revision <= list.revision || lost.has(domain)) continue;
      if (revision === list.revision + 1 && (added || removed)) {
        list.set.change(added ?? [], removed ?? []);
        list.revision = revision;
      } else lost.add(domain);
    }
    return [...lost];
  }

  private async readLists(wanted: ReadonlySet<string>): Promise<void> {
    if (wanted.size === 0) return;
    const { lists } = this.snapshot;
    const changed = await loadLists(this.pool, wanted, (domainId) => lists.get(domainId)?.revision);
    for (const [domainId, list] of changed) lists.set(domainId, list);
  }

  private async restore(): Promise<void> {
    await this.filters.restore(this.filtersFile);
    const began = performance.now();
    const copy = await readCopy(this.options.copyFile);
    if (!copy) return;
    for (const entry of copy.entries) this.snapshot.put(entry);
    for (const [domainId, list] of copy.lists) this.snapshot.lists.set(domainId, list);
    this.isFromDisk = true;
    const ms = Math.round(performance.now() - began);
    this.options.onLoaded?.({ domains: this.size, isFromDisk: true, ms });
  }

  private async readHeld(): Promise<void> {
    const asked = Date.now();
    try {
      this.held = await loadHeld(this.pool);
      this.heldAt = asked;
      await this.standings.read(this.pool);
      this.freshAt = new Date();
    } catch {
      // The counts of a second ago stay; the listener's reconnect says when Postgres is back.
    }
    if (!this.isClosed) this.later('held', heldEveryMs, () => void this.readHeld());
  }

  private get filtersFile(): string {
    return `${this.options.copyFile.replace(/\.json$/, '')}-filters.json`;
  }

  private saveSoon(): void {
    this.later('save', Math.max(saveAfterMs, this.saveNotBefore - performance.now()), () => {
      this.saving = this.save();
    });
  }

  private async save(): Promise<void> {
    const began = performance.now();
    const { byName, lists } = this.snapshot;
    try {
      await this.filters.save(this.filtersFile);
      await saveCopy(this.options.copyFile, byName.values(), lists);
    } catch (error) {
      this.options.onFailed?.(error as Error);
    }
    const now = performance.now();
    this.saveNotBefore = now + (now - began) / savingShare;
  }

  private later(name: string, ms: number, then: () => void): void {
    if (this.timers.has(name) || this.isClosed) return;
    this.timers.set(
      name,
      setTimeout(() => {
        this.timers.delete(name);
        if (!this.isClosed) then();
      }, ms),
    );
  }
}
