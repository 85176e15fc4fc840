/**
 * Tidies up, again and again, what circumstances leave behind: deliveries older than their retention (in every state that waits),
 * claims of relays that died, bodies that nobody needs, and bodies that Postgres has forgotten. It compares spool and Postgres and
 * trusts neither alone: a body goes only when Postgres knows the message and none of its deliveries waits.
 */
import type { Clock, Log } from '@holdfast/daemon';
import { expireDue, freeStaleClaims, withoutDeliveries } from '@holdfast/queue';
import type { Spool } from '@holdfast/spool';
import type pg from 'pg';

export interface SweeperParts {
  pool: pg.Pool;
  spool: Spool;
  node: string;
  log: Log;
  clock: Clock;
}

const sweepEveryMs = 60_000;
const onePage = 1_000;
/** A body younger than this may still be on its way to Postgres. */
const youngestBodyMs = 10 * 60_000;

export class Sweeper {
  private cancel: () => void = () => undefined;
  private running: Promise<void> | undefined;
  private isEnding = false;

  constructor(private readonly parts: SweeperParts) {}

  start(): void {
    this.cancel = this.parts.clock.after(sweepEveryMs, () => {
      this.running = this.sweep()
        .then(() => undefined)
        .catch((error: unknown) => this.parts.log('failed', { while: 'sweeping', error }))
        .finally(() => {
          if (!this.isEnding) this.start();
        });
    });
  }

  async end(): Promise<void> {
    this.isEnding = true;
    this.cancel();
    await this.running;
  }

  /** One round through everything. */
  async sweep(): Promise<{ expired: number; freed: number; bodies: number; forgotten: number }> {
    const { log } = this.parts;
    const done = { expired: await this.expire(), freed: await this.free(), ...(await this.compare()) };
    if (Object.values(done).some((count) => count > 0)) log('swept', done);
    return done;
  }

  private async expire(): Promise<number> {
    let count = 0;
    for (;;) {
      const expired = await expireDue(this.parts.pool, this.parts.node, this.parts.clock.forPostgres());
      for (const { id, messageId, domainId } of expired)
        this.parts.log('expired', { deliveryId: id, messageId, domainId });
      count += expired.length;
      if (expired.length === 0 || this.isEnding) return count;
    }
  }

  private async free(): Promise<number> {
    let count = 0;
    for (;;) {
      const freed = await freeStaleClaims(this.parts.pool, null, this.parts.clock.forPostgres());
      count += freed.length;
      if (freed.length === 0 || this.isEnding) return count;
    }
  }

  private async compare(): Promise<{ bodies: number; forgotten: number }> {
    const { pool, spool } = this.parts;
    let bodies = 0;
    let forgotten = 0;
    let after: string | undefined;
    for (;;) {
      const page = spool.list(after, onePage);
      after = page.at(-1);
      if (after === undefined || this.isEnding) return { bodies, forgotten };
      const old = page.filter((id) => this.ageMs(id) > youngestBodyMs);
      if (old.length === 0) continue;
      const { rows } = await pool.query<{ id: string }>(
        'select id from messages where id = any($1::uuid[])',
        [old],
      );
      const known = new Set(rows.map(({ id }) => id));
      const unneeded = await withoutDeliveries(
        pool,
        old.filter((id) => known.has(id)),
      );
      await spool.remove(unneeded);
      bodies += unneeded.length;
      const lost = old.filter((id) => !known.has(id));
      // Postgres was restored from a copy older than the spool: what we once promised is registered again.
      await spool.markUnregistered(lost);
      forgotten += lost.length;
    }
  }

  /** The first 48 bits of an id are its time (RFC 9562 section 5.7). */
  private ageMs(id: string): number {
    return this.parts.clock.now() - parseInt(id.replaceAll('-', '').slice(0, 12), 16);
  }
}
