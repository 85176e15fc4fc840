/**
 * Tells a tenant, before and after, of mail that ends otherwise than delivered.
 *
 *   before   72 and 24 hours before a domain's oldest mail is given up, with the number of all that follows within a day
 *   after    what was refused or given up, once a day for each domain
 *   meanwhile  what a primary says of us or of itself that a person must mend, once for each kind
 *
 * Never a mail for each message: a warning covers a day, so that there are two a day for a domain at most, and mail of every hour
 * is still warned of in time. The mark up to where was told moves in the transaction that writes the mail.
 */
import type { Clock, Log } from '@holdfast/daemon';
import { inTransaction } from '@holdfast/database';
import type pg from 'pg';
import { Errand } from '../errand';
import { expiringSoon } from '../notifications/expiring-soon';
import { logWritten } from '../notifications/log-written';
import { mailFailed } from '../notifications/mail-failed';
import { primaryObjects } from '../notifications/primary-objects';
import { writeToContacts, type Fact } from '../notifications/write';
import { readExpiring, toWarn, warningHours } from './expiring';
import { domainsThatFailed, readFailures } from './failures';
import { untoldObjections } from './objections';

export interface EndingsParts {
  pool: pg.Pool;
  clock: Clock;
  log: Log;
  hostname: string;
  onPostgres(isThere: boolean, error?: unknown): void;
}

/** An expiry is days away, and a digest is no alarm. */
const everyMs = 60_000;

export class Endings {
  private readonly errand: Errand;

  constructor(private readonly parts: EndingsParts) {
    this.errand = new Errand({
      clock: parts.clock,
      run: () => this.round(),
      everyMs,
      onDone: () => parts.onPostgres(true),
      onError: (error) => parts.onPostgres(false, error),
    });
  }

  begin(): void {
    this.errand.ask();
  }

  /** Resolves when no round is under way. */
  rests(): Promise<void> {
    return this.errand.rests();
  }

  stop(): Promise<void> {
    return this.errand.stop();
  }

  private async round(): Promise<void> {
    const { pool, clock } = this.parts;
    for (const hours of warningHours)
      for (const domain of await toWarn(pool, hours, new Date(clock.now())))
        await this.tell(`expiry-${hours}`, domain, async (db, now) => {
          const expiring = await readExpiring(db, domain, hours, now);
          return {
            until: expiring.until,
            kind: 'expiring-soon',
            letter: expiringSoon({ ...domain, ...expiring, hours }),
          };
        });
    await this.tellObjections();
    for (const domain of await domainsThatFailed(pool, new Date(clock.now())))
      await this.tell('failures', domain, async (db, now) => ({
        until: now,
        kind: 'mail-failed',
        letter: mailFailed({ ...domain, ...(await readFailures(db, domain, now)) }),
      }));
  }

  private async tellObjections(): Promise<void> {
    const { pool, clock, hostname, log } = this.parts;
    const now = new Date(clock.now());
    const objections = await untoldObjections(pool, now);
    if (objections.length === 0) return;
    const facts = objections.map((objection): Fact => {
      const { tenantId, about } = objection;
      return {
        kind: 'primary-objects',
        tenantId,
        outageId: null,
        about,
        letter: primaryObjects(objection),
        now,
        hostname,
      };
    });
    logWritten(log, await inTransaction(pool, (db) => writeToContacts(db, facts)));
  }

  private async tell(
    what: string,
    domain: { domainId: string; tenantId: string; toldUntil: Date | null },
    write: (db: pg.PoolClient, now: Date) => Promise<{ until: Date } & Pick<Fact, 'kind' | 'letter'>>,
  ): Promise<void> {
    const { pool, clock, hostname, log } = this.parts;
    const { domainId, tenantId, toldUntil } = domain;
    const now = new Date(clock.now());
    const written = await inTransaction(pool, async (db) => {
      const { until, kind, letter } = await write(db, now);
      const { rowCount } = await db.query(
        `insert into told_until as known (domain_id, tenant_id, what, until) values ($1, $2, $3, $4)
         on conflict (domain_id, what) do update set until = excluded.until where known.until is not distinct from $5`,
        [domainId, tenantId, what, until, toldUntil],
      );
      // Another sentinel has told it meanwhile.
      if (rowCount === 0) return [];
      const about = `${what}.${domainId}.${Math.floor(until.getTime() / 1_000)}`;
      return writeToContacts(db, [{ kind, tenantId, outageId: null, about, letter, now, hostname }]);
    });
    logWritten(log, written);
  }
}
