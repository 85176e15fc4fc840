/**
 * Keeps the record of outages: brings the watcher what the tables say, writes down what the watcher saw, and sees an outage
 * through to the last delivery. What must be known again after a restart is in the tables and nowhere else.
 *
 * Five errands, so that none waits for another: loading what to watch, writing verdicts (the relay waits for those), counting and
 * telling, draining, and telling of waves of refusals. Each is repeated until it succeeds; while Postgres is away the probes go on and verdicts wait here.
 */
import { inTransaction, type ChannelName } from '@holdfast/database';
import type { Clock, Log } from '@holdfast/daemon';
import type pg from 'pg';
import { Errand } from '../errand';
import { logWritten } from '../notifications/log-written';
import { tellAllDelivered, tellHoldingBegan } from '../notifications/tell-outages';
import { tellWaves } from '../notifications/tell-waves';
import type { Written } from '../notifications/write';
import type { Verdict, Watcher } from '../probes/watcher';
import { closeOutages } from './close';
import { domainsToDrain, drainOutages } from './drain';
import { countOutages, openOutages } from './open';

import { loadWatched } from './watched';

export interface KeeperParts {
  pool: pg.Pool;
  clock: Clock;
  log: Log;
  watcher: Watcher;
  hostname: string;
  onPostgres(isThere: boolean, error?: unknown): void;
}

/** Notices are hints and may be lost; this often everything is read anew. */
const readAllEveryMs = 5_000;
const drainEveryMs = 1_000;
const thoroughEveryMs = 10_000;
/** A burst of notices becomes one look. */
const gatherMs = 200;
/** A notice names no more domains than this (libs/queue). */
const mostNamed = 150;
/** Domains of one verdict that are written together: one host going down may take ten thousand along. */
const mostPerTransaction = 500;

export class Keeper {
  private readonly errands;
  private readonly verdicts: Verdict[] = [];
  /** domains of which we heard; null: look at everything */
  private noticed: Set<string> | null = new Set();
  /** domains that the relay could not reach, with what their primaries lack that is demanded */
  private readonly doubted = new Map<string, string | undefined>();
  private readAllAt = -Infinity;
  private thoroughAt = -Infinity;
  private cancelGathering: (() => void) | undefined;

  constructor(private readonly parts: KeeperParts) {
    const errand = (run: () => Promise<void>, everyMs?: number): Errand =>
      new Errand({
        clock: parts.clock,
        run,
        everyMs,
        onDone: () => parts.onPostgres(true),
        onError: (error) => parts.onPostgres(false, error),
      });
    this.errands = {
      read: errand(() => this.read(), readAllEveryMs),
      verdicts: errand(() => this.writeVerdicts()),
      count: errand(() => this.count()),
      drain: errand(() => this.drain(), drainEveryMs),
      waves: errand(() => this.tellWaves(), readAllEveryMs),
    };
  }

  /** Begins with what the tables say; also after Postgres was away and notices may have been lost. */
  readEverything(): void {
    this.noticed = null;
    this.errands.read.ask();
    this.errands.drain.ask();
    this.errands.waves.ask();
  }

  /** What others said through Postgres. */
  onNotice(name: ChannelName, payload: Record<string, unknown>): void {
    if (name === 'wave') return this.errands.waves.ask();
    if (name === 'unreachable') {
      const { domain, cause, isDemand } = payload;
      if (typeof domain !== 'string') return;
      const demand = isDemand === true && typeof cause === 'string' ? cause : this.doubted.get(domain);
      this.doubted.set(domain, demand);
      this.noticed?.add(domain);
      return this.errands.read.ask();
    }
    // A full list may have been cut off, and none at all means many.
    const domains = Array.isArray(payload['domains']) ? payload['domains'].map(String) : null;
    if (name === 'directory' || domains === null || domains.length >= mostNamed) this.noticed = null;
    else for (const domain of domains) this.noticed?.add(domain);
    this.cancelGathering ??= this.parts.clock.after(gatherMs, () => {
      this.cancelGathering = undefined;
      this.errands.read.ask();
    });
  }

  onVerdict(verdict: Verdict): void {
    this.verdicts.push(verdict);
    this.errands.verdicts.ask();
  }

  async stop(): Promise<void> {
    this.cancelGathering?.();
    await Promise.all(Object.values(this.errands).map((errand) => errand.stop()));
  }

  private async read(): Promise<void> {
    const { watcher, pool, clock } = this.parts;
    // Every notice is answered, but reading everything comes round by itself as well.
    const isTimeForAll = clock.now() >= this.readAllAt;
    const noticed = isTimeForAll ? null : this.noticed;
    const doubted = [...this.doubted];
    this.noticed = new Set();
    this.doubted.clear();
    try {
      const domains = noticed === null ? null : [...noticed, ...doubted.map(([domain]) => domain)];
      if (domains === null || domains.length > 0)
        watcher.watch(await loadWatched(pool, domains), domains === null);
    } catch (error) {
      this.noticed = null;
      for (const [domain, demand] of doubted) this.doubted.set(domain, demand);
      throw error;
    }
    if (noticed === null) this.readAllAt = clock.now() + readAllEveryMs;
    for (const [domain, demand] of doubted) watcher.doubt(domain, demand);
    this.errands.count.ask();
  }

  private async writeVerdicts(): Promise<void> {
    while (this.verdicts.length > 0) {
      // As many as are alike and fit: ten thousand domains down together are twenty transactions, not ten thousand.
      const isUp = this.verdicts[0]?.isUp === true;
      let size = 0;
      let alike = 0;
      for (const verdict of this.verdicts) {
        if (verdict.isUp !== isUp || size > mostPerTransaction) break;
        size += verdict.domainIds.length;
        alike++;
      }
      const batch = this.verdicts.slice(0, alike);
      if (isUp) await this.writeUps(batch.filter((verdict) => verdict.isUp));
      else await this.writeDowns(batch.filter((verdict) => !verdict.isUp));
      this.verdicts.splice(0, alike);
    }
  }

  private async writeDowns(verdicts: (Verdict & { isUp: false })[]): Promise<void> {
    const { pool, clock, hostname, log } = this.parts;
    const beginnings = verdicts.flatMap(({ domainIds, beganAt, at, cause, addresses }) =>
      domainIds.map((domainId) => ({
        domainId,
        beganAt: new Date(beganAt),
        noticedAt: new Date(at),
        cause,
        addresses,
      })),
    );
    const { opened, written } = await inTransaction(pool, async (db) => {
      const opened = await openOutages(db, beginnings);
      const now = new Date(clock.now());
      return { opened, written: await tellHoldingBegan(db, { hostname, now, among: opened }) };
    });
    const causes = new Map(beginnings.map(({ domainId, cause }) => [domainId, cause]));
    for (const { id, tenantId, domainId, domain } of opened)
      log('outage-opened', { outage: id, tenantId, domain, cause: causes.get(domainId) });
    this.logWritten(written);
    // It tells a limited number in one transaction; the count finds the others.
    if (opened.length > written.length) this.errands.count.ask();
  }

  private async writeUps(verdicts: (Verdict & { isUp: true })[]): Promise<void> {
    const { pool, log } = this.parts;
    const ended = await inTransaction(pool, (db) =>
      closeOutages(db, {
        ends: verdicts.flatMap(({ domainIds, at }) =>
          domainIds.map((domainId) => ({ domainId, endedAt: new Date(at) })),
        ),
        alsoTell: verdicts.flatMap(({ contradicts }) => contradicts),
      }),
    );
    for (const { id, tenantId, domain, messagesHeld } of ended)
      log('outage-closed', { outage: id, tenantId, domain, messagesHeld });
    if (ended.length > 0) this.errands.drain.ask();
  }

  /** Numbers of what is under way, and the first mail of an outage whose first message came after it began. */
  private async count(): Promise<void> {
    const { pool, clock, hostname } = this.parts;
    await countOutages(pool, null);
    let written: Written[];
    do {
      written = await inTransaction(pool, (db) =>
        tellHoldingBegan(db, { hostname, now: new Date(clock.now()), among: null }),
      );
      this.logWritten(written);
    } while (written.length > 0);
  }

  private async tellWaves(): Promise<void> {
    const { pool, clock, hostname } = this.parts;
    let written: Written[];
    do {
      const now = new Date(clock.now());
      written = await inTransaction(pool, (db) => tellWaves(db, { hostname, now }));
      this.logWritten(written);
    } while (written.length > 0);
  }

  private async drain(): Promise<void> {
    const { pool, clock, hostname, log } = this.parts;
    const isThorough = clock.now() >= this.thoroughAt;
    if (isThorough) this.thoroughAt = clock.now() + thoroughEveryMs;
    for (const domainId of await domainsToDrain(pool, isThorough)) {
      const now = new Date(clock.now());
      const done = await inTransaction(pool, async (db) => {
        const episode = await drainOutages(db, domainId, now);
        return episode && { episode, written: await tellAllDelivered(db, episode, hostname) };
      });
      if (!done) continue;
      const { head, delivered, refused, expired, discarded } = done.episode;
      log('outage-drained', {
        outage: head.id,
        tenantId: head.tenantId,
        domain: head.domain,
        delivered,
        refused,
        expired,
        discarded,
      });
      this.logWritten(done.written);
    }
  }

  private logWritten(written: Written[]): void {
    logWritten(this.parts.log, written);
  }
}
