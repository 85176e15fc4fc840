import { randomBytes, randomUUID } from 'node:crypto';
import { primariesOf, type NextHopFinder, type Primary } from '@holdfast/directory';
import type pg from 'pg';
import type { Clock, Log } from '@holdfast/daemon';
import { Errand } from '../errand';
import { logWritten } from '../notifications/log-written';
import { takesAnyAddress } from '../notifications/takes-any-address';
import { writeToContacts } from '../notifications/write';
import { inTransaction } from '@holdfast/database';
import { Turnstile } from '../probes/turnstile';
import { askPrimary, knows } from './ask-primary';

export interface CallAheadParts {
  pool: pg.Pool;
  clock: Clock;
  finder: Pick<NextHopFinder, 'find'>;
  hello: string;
  log: Log;
  onPostgres(isThere: boolean, error?: unknown): void;
}

const everyMs = 2_000;
/** Conversations at the same time, over all primaries; one primary sees one. */
const atOnce = 10;
const domainsPerRound = 50;
/** Of one domain in one conversation: a primary that counts strangers' questions must not take us for a harvester. */
const mostPerDomain = 20;
const timeoutMs = 30_000;

interface Due {
  domain_id: string;
  name: string;
  accepts_all: boolean | null;
  is_stale: boolean;
  primaries: Primary[];
  local_parts: string[];
}

/**
 * Asks primaries about recipients that port 25 has not heard of, while they are up. A yes is remembered for 30 days, a no for two
 * hours. Each day a primary is first asked about a mailbox that cannot exist: one that takes it takes everything, and its
 * answers would teach nothing; the tenant is told once, and sees it on the domain.
 */
export class CallAhead {
  private readonly turnstile = new Turnstile(atOnce);
  private readonly errand: Errand;

  constructor(private readonly parts: CallAheadParts) {
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

  stop(): Promise<void> {
    return this.errand.stop();
  }

  private async round(): Promise<void> {
    const { pool } = this.parts;
    await pool.query('delete from recipient_answers where expires_at < now()');
    const { rows } = await pool.query<Due>(
      `select d.id as domain_id, d.name, d.primary_accepts_all as accepts_all, p.primaries,
         coalesce(d.primary_asked_at < now() - interval '1 day', true) as is_stale, q.local_parts
       from (select distinct domain_id from recipient_questions where not_before <= now() limit ${domainsPerRound}) due
       join domains d on d.id = due.domain_id and d.recipient_policy = 'call-ahead'
       join primary_standings s on s.domain_id = d.id and s.is_up
       join lateral (select ${primariesOf('d', `p.tls_policy in ('none', 'opportunistic')`)} as primaries) p on p.primaries is not null
       join lateral (
         select array_agg(local_part) as local_parts from (
           select local_part from recipient_questions where domain_id = d.id and not_before <= now() limit ${mostPerDomain}) some_of_them
       ) q on true`,
    );
    await Promise.all(rows.map((due) => this.turnstile.through(() => this.ask(due))));
  }

  private async ask(due: Due): Promise<void> {
    const { finder, hello } = this.parts;
    const isAskingAll = due.is_stale || due.accepts_all === null;
    const stranger = `no-such-mailbox-${randomBytes(8).toString('hex')}`;
    const locals = isAskingAll ? [stranger, ...due.local_parts] : due.accepts_all ? [] : due.local_parts;
    let replies: string[] = [];
    try {
      const [hop] = locals.length > 0 ? await finder.find(due.primaries) : [];
      if (hop)
        replies = await askPrimary({
          address: hop.address,
          port: hop.port,
          hello,
          recipients: locals.map((local) => `${local}@${due.name}`),
          timeoutMs,
        });
    } catch {
      // It is tried again below; whether the primary is up is for the probes to say.
    }
    let acceptsAll = due.accepts_all;
    if (isAskingAll) {
      const verdict = knows(replies.shift() ?? '');
      // Unless it clearly says no to a stranger, a yes means nothing.
      if (verdict !== undefined) {
        acceptsAll = verdict;
        await this.keepVerdict(due, verdict);
      } else replies = [];
    }
    if (acceptsAll) return this.forget(due.domain_id);
    await this.remember(due, replies);
  }

  /** Keeps what the primary does with a stranger's address; when it begins to take any, the tenant is told in the same transaction. */
  private async keepVerdict(due: Due, acceptsAll: boolean): Promise<void> {
    const { pool, clock, hello, log } = this.parts;
    const written = await inTransaction(pool, async (db) => {
      const { rows } = await db.query<{ before: boolean | null; tenantId: string; tenant: string }>(
        `select d.primary_accepts_all as before, d.tenant_id as "tenantId", t.name as tenant
         from domains d join tenants t on t.id = d.tenant_id where d.id = $1 for update of d`,
        [due.domain_id],
      );
      const [domain] = rows;
      if (!domain) return [];
      await db.query('update domains set primary_accepts_all = $2, primary_asked_at = now() where id = $1', [
        due.domain_id,
        acceptsAll,
      ]);
      if (!acceptsAll || domain.before === true) return [];
      const primaries = due.primaries.map(({ host, port }) => `${host}:${port}`);
      return writeToContacts(db, [
        {
          kind: 'takes-any-address',
          tenantId: domain.tenantId,
          outageId: null,
          about: randomUUID(),
          letter: takesAnyAddress({ domain: due.name, primaries, tenant: domain.tenant }),
          now: new Date(clock.now()),
          hostname: hello,
        },
      ]);
    });
    logWritten(log, written);
  }

  private async remember({ domain_id, local_parts }: Due, replies: string[]): Promise<void> {
    const answers = local_parts.flatMap((local, n) => {
      const isKnown = knows(replies[n] ?? '');
      return isKnown === undefined ? [] : [{ local, isKnown, reply: (replies[n] as string).slice(0, 300) }];
    });
    await this.parts.pool.query(
      `with answered as (
         insert into recipient_answers (tenant_id, domain_id, local_part, is_known, reply, expires_at)
         select d.tenant_id, d.id, a.local_part, a.is_known, a.reply, now() + case when a.is_known then interval '30 days' else interval '2 hours' end
         from unnest($2::text[], $3::bool[], $4::text[]) a (local_part, is_known, reply) join domains d on d.id = $1
         on conflict (domain_id, local_part) do update
           set is_known = excluded.is_known, reply = excluded.reply, asked_at = now(), expires_at = excluded.expires_at
         returning local_part
       ), done as (
         delete from recipient_questions where domain_id = $1
           and (local_part in (select local_part from answered) or (attempts >= 5 and local_part = any($5::text[])))
         returning local_part
       )
       update recipient_questions set attempts = attempts + 1, not_before = now() + interval '10 minutes'
       where domain_id = $1 and local_part = any($5::text[]) and local_part not in (select local_part from answered) and attempts < 5`,
      [
        domain_id,
        answers.map(({ local }) => local),
        answers.map(({ isKnown }) => isKnown),
        answers.map(({ reply }) => reply),
        local_parts,
      ],
    );
  }

  private async forget(domainId: string): Promise<void> {
    await this.parts.pool.query('delete from recipient_questions where domain_id = $1', [domainId]);
    await this.parts.pool.query('delete from recipient_answers where domain_id = $1', [domainId]);
  }
}
