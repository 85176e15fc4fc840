/**
 * Tidies up, again and again, what circumstances leave behind: claims of relays that died, deliveries older than their retention (in
 * every state that waits), mail whose domain was removed, bodies that nobody needs, bodies that Postgres has forgotten, and deliveries
 * whose body is gone. It compares spool and Postgres, a page of keys at a time, and trusts neither alone: a body goes only when
 * Postgres knows the message and nobody needs it.
 */
import type { Clock, Log } from '@holdfast/daemon';
import {
  adoptOrphans,
  domainsToExpire,
  endOrphans,
  expireDue,
  forgetCopies,
  freeStaleClaims,
  orphanedDomains,
  tidyDestinations,
  waitingMessages,
  withoutDeliveries,
  type Expired,
} from '@holdfast/queue';
import type { Spool } from '@holdfast/spool';
import type pg from 'pg';

export interface SweeperParts {
  pool: pg.Pool;
  spool: Pick<Spool, 'has' | 'list' | 'markUnregistered' | 'remove' | 'stats'>;
  node: string;
  log: Log;
  clock: Clock;
  /** below twice this, copies that are kept for a replay make room for new mail */
  minFreeBytes: number;
  /** one worker of a node compares; the others would only find the same */
  compares: boolean;
}

export interface Swept {
  freed: number;
  expired: number;
  orphaned: number;
  adopted: number;
  /** delivered mail that was kept for a replay, and whose hours are over */
  copies: number;
  /** removed, because nobody needs them */
  bodies: number;
  /** registered again, because Postgres did not know them */
  forgotten: number;
  /** messages that wait and have no body here */
  bodiless: number;
}

/** What a crash left is not to wait long; what is on its way out at the start has gone by then. */
const firstSweepMs = 10_000;
const sweepEveryMs = 60_000;
/** Reads every key of the spool and of what waits; a million takes seconds of a core. */
const compareEveryMs = 10 * 60_000;
/** A spool that is gone shall not fill the log as well. */
const mostNamed = 100;
const onePage = 1_000;
/** What Postgres does not know and is younger than this may still be on its way there. */
const youngestUnknownMs = 10 * 60_000;

export class Sweeper {
  /** messages that wait and have no body, as of the last round; an operator has to look */
  bodiless = 0;
  private cancel: () => void = () => undefined;
  private running: Promise<void> | undefined;
  private isEnding = false;
  /** named already */
  private readonly missed = new Set<string>();
  private comparedAt = -Infinity;

  constructor(private readonly parts: SweeperParts) {}

  start(afterMs = firstSweepMs): void {
    this.cancel = this.parts.clock.after(afterMs, () => {
      this.running = this.sweep(this.isTimeToCompare())
        .then(() => undefined)
        .catch((error: unknown) => this.parts.log('failed', { while: 'sweeping', error }))
        .finally(() => {
          if (!this.isEnding) this.start(sweepEveryMs);
        });
    });
  }

  async end(): Promise<void> {
    this.isEnding = true;
    this.cancel();
    await this.running;
  }

  /** One round through everything. Freed first: what a dead relay had claimed may be too old by now. */
  async sweep(compares = true): Promise<Swept> {
    const done = {
      freed: await this.free(),
      expired: await this.expire(),
      ...(await this.findHomes()),
      copies: await this.forgetCopies(),
      ...(compares ? await this.compareSpool() : { bodies: 0, forgotten: 0 }),
      bodiless: compares ? await this.comparePostgres() : 0,
    };
    await tidyDestinations(this.parts.pool, this.now);
    if (Object.values(done).some((count) => count > 0)) this.parts.log('swept', done);
    return done;
  }

  private isTimeToCompare(): boolean {
    const { clock, compares } = this.parts;
    if (!compares || clock.now() - this.comparedAt < compareEveryMs) return false;
    this.comparedAt = clock.now();
    return true;
  }

  private get now(): Date | null {
    return this.parts.clock.forPostgres();
  }

  private async free(): Promise<number> {
    let count = 0;
    for (;;) {
      const freed = await freeStaleClaims(this.parts.pool, null, this.now);
      count += freed.length;
      if (freed.length === 0 || this.isEnding) return count;
    }
  }

  private async expire(): Promise<number> {
    const { pool, node } = this.parts;
    let count = 0;
    for (const domain of await domainsToExpire(pool, this.now))
      count += await this.endAll('expired', () => expireDue(pool, { ...domain, node, asOf: this.now }));
    return count;
  }

  private async findHomes(): Promise<{ adopted: number; orphaned: number }> {
    const { pool, node } = this.parts;
    const done = { adopted: 0, orphaned: 0 };
    for (const domainId of await orphanedDomains(pool)) {
      done.adopted += await adoptOrphans(pool, domainId);
      done.orphaned += await this.endAll('discarded', () =>
        endOrphans(pool, { domainId, node, asOf: this.now }),
      );
    }
    return done;
  }

  /** New mail comes before copies of what was delivered: while the disk is nearly full they go before their time. */
  private async forgetCopies(): Promise<number> {
    const { pool, spool, node, minFreeBytes, log } = this.parts;
    let count = 0;
    for (;;) {
      const { freeBytes } = spool.stats();
      const early = freeBytes < 2 * minFreeBytes;
      const messages = await forgetCopies(pool, { node, asOf: this.now, early });
      if (early && messages.length > 0) log('copies-made-room', { copies: messages.length, freeBytes });
      await spool.remove(await withoutDeliveries(pool, [...new Set(messages)]));
      count += messages.length;
      if (messages.length === 0 || this.isEnding) return count;
    }
  }

  private async endAll(event: 'expired' | 'discarded', page: () => Promise<Expired[]>): Promise<number> {
    let count = 0;
    for (;;) {
      const ended = await page();
      for (const { id, messageId, domainId } of ended)
        this.parts.log(event, { deliveryId: id, messageId, domainId });
      count += ended.length;
      if (ended.length === 0 || this.isEnding) return count;
    }
  }

  /** What the spool has, and Postgres may not want or not know. */
  private async compareSpool(): Promise<{ bodies: number; forgotten: number }> {
    const { pool, spool } = this.parts;
    let bodies = 0;
    let forgotten = 0;
    let after: string | undefined;
    for (;;) {
      const page = spool.list(after, onePage);
      after = page.at(-1);
      if (after === undefined || this.isEnding) return { bodies, forgotten };
      const { rows } = await pool.query<{ id: string }>(
        'select id from messages where id = any($1::uuid[])',
        [page],
      );
      // A message and its deliveries are registered together: of what is known, nothing is still to come, however young it is.
      const known = new Set(rows.map(({ id }) => id));
      const unneeded = await withoutDeliveries(
        pool,
        page.filter((id) => known.has(id)),
      );
      await spool.remove(unneeded);
      bodies += unneeded.length;
      const lost = page.filter((id) => !known.has(id) && this.ageMs(id) > youngestUnknownMs);
      // Postgres was restored from a copy older than the spool: what we once promised is registered again.
      await spool.markUnregistered(lost);
      forgotten += lost.length;
    }
  }

  /** What Postgres has waiting here, and the spool cannot give: said before its attempt or its expiry would. */
  private async comparePostgres(): Promise<number> {
    const { pool, spool, node, log } = this.parts;
    let count = 0;
    let after: string | undefined;
    for (;;) {
      const page = await waitingMessages(pool, node, after, onePage);
      after = page.at(-1)?.deliveryId;
      if (after === undefined || this.isEnding) break;
      for (const [messageId, tenantId] of new Map(page.map((one) => [one.messageId, one.tenantId]))) {
        if (spool.has(messageId)) continue;
        count++;
        if (this.missed.has(messageId) || this.missed.size >= mostNamed) continue;
        this.missed.add(messageId);
        log('body-missing', { messageId, tenantId });
      }
    }
    this.bodiless = count;
    return count;
  }

  /** The first 48 bits of an id are its time (RFC 9562 section 5.7). */
  private ageMs(id: string): number {
    return this.parts.clock.now() - parseInt(id.replaceAll('-', '').slice(0, 12), 16);
  }
}
