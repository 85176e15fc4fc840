import type { DirectoryEntry } from '@holdfast/directory';
import { foldLocalPart } from '@holdfast/mail';
import type { Queryable } from '@holdfast/queue';

/** About 20 MB. What is forgotten is let in, and asked about again. */
const mostRefused = 200_000;
const mostWaiting = 5_000;
const mostNoted = 50_000;
/** The sentinel asks about it once in this time, however often it is named. */
const askAgainMs = 600_000;
/** A dictionary of names must not fill the database. */
const mostQuestions = 100_000;

/**
 * Call-ahead, as port 25 sees it: who the primary said that it does not know. Only those are kept: everybody else is let in, known
 * or not, because mail for the unknown is decided by the primary. Whom nobody has asked about yet becomes a question for the
 * sentinel, which asks the primary while it is up (apps/sentinel, recipients/). RCPT never waits for any of it.
 */
export class KnownByPrimary {
  private readonly refused = new Map<string, number>();
  private readonly noted = new Map<string, number>();
  private waiting: { domainId: string; localPart: string }[] = [];
  private readUpTo: string | undefined;

  /** Whether the primary does not know this one, as far as we remember. */
  isRefused({ domainId, primaryAcceptsAll }: DirectoryEntry, localPart: string): boolean {
    const key = `${domainId} ${foldLocalPart(localPart)}`;
    const until = this.refused.get(key);
    if (until !== undefined && until > Date.now()) return primaryAcceptsAll !== true;
    if (until !== undefined) this.refused.delete(key);
    this.ask(key, domainId, foldLocalPart(localPart));
    return false;
  }

  /** Hands on what is to be asked, and reads what was answered. */
  async sync(db: Queryable): Promise<void> {
    const asking = this.waiting.splice(0);
    if (asking.length > 0)
      // Should this fail they are named again, or not: nothing depends on it.
      await db.query(
        `insert into recipient_questions (tenant_id, domain_id, local_part)
         select d.tenant_id, d.id, q.local_part from unnest($1::uuid[], $2::text[]) q (domain_id, local_part)
         join domains d on d.id = q.domain_id
         where length(q.local_part) <= 64
           and (select count(*) from (select from recipient_questions limit ${mostQuestions}) waiting) < ${mostQuestions}
           and not exists (select from recipient_answers a where a.domain_id = q.domain_id and a.local_part = q.local_part
             and a.expires_at > now() + case when a.is_known then interval '3 days' else interval '0' end)
         on conflict do nothing`,
        [asking.map((one) => one.domainId), asking.map((one) => one.localPart)],
      );
    const { rows } = await db.query<{ key: string; is_known: boolean; until: number; asked: string }>(
      `select domain_id || ' ' || local_part as key, is_known, extract(epoch from expires_at)::float8 * 1000 as until,
         (asked_at - interval '10 seconds')::text as asked
       from recipient_answers where asked_at > coalesce($1::timestamptz, now() - interval '2 hours')
       order by asked_at limit 20000`,
      [this.readUpTo ?? null],
    );
    for (const { key, is_known, until } of rows) {
      this.refused.delete(key);
      if (!is_known) this.refused.set(key, until);
    }
    while (this.refused.size > mostRefused) this.refused.delete(this.refused.keys().next().value as string);
    this.readUpTo = rows.at(-1)?.asked ?? this.readUpTo;
  }

  private ask(key: string, domainId: string, localPart: string): void {
    const now = Date.now();
    if ((this.noted.get(key) ?? 0) > now - askAgainMs || this.waiting.length >= mostWaiting) return;
    this.noted.delete(key);
    this.noted.set(key, now);
    if (this.noted.size > mostNoted) this.noted.delete(this.noted.keys().next().value as string);
    this.waiting.push({ domainId, localPart });
  }
}
