import type { Queryable } from '@holdfast/queue';

const hourMs = 3_600_000;
/** A sender that comes back later than this is asked once more. */
const rememberMs = 24 * hourMs;
/** About ten MB. The oldest go first: they are asked once more, and lose some minutes. */
const mostRemembered = 100_000;

/**
 * Who was asked to use the primary, and when first. Whoever truly cannot reach it tries again from the same network, and gets in
 * after the domain's grace. All processes on all machines share what they know through Postgres, within seconds and behind RCPT's
 * back: a sender tries its other MX next, and that may be another of ours.
 */
export class DeferredNetworks {
  private readonly firstAt = new Map<string, number>();
  private readonly unsaved: { domainId: string; network: string; at: number }[] = [];
  private readUpTo = '-infinity';
  private prunedAt = Date.now();

  /** @returns true: it insisted for long enough, let it in */
  mayIn(asked: { domainId: string; deferMinutes: number }, network: string): boolean {
    const { domainId, deferMinutes } = asked;
    const now = Date.now();
    const key = `${domainId} ${network}`;
    const first = this.firstAt.get(key);
    if (first !== undefined && now - first < rememberMs) return now - first >= deferMinutes * 60_000;
    this.remember(key, now);
    if (this.unsaved.length < mostRemembered) this.unsaved.push({ domainId, network, at: now });
    return false;
  }

  /** Tells the others and hears from them. */
  async sync(db: Queryable): Promise<void> {
    const saving = this.unsaved.splice(0, 5_000);
    if (saving.length > 0) {
      try {
        await db.query(
          `insert into deferred_networks (tenant_id, domain_id, network, first_at)
           select d.tenant_id, d.id, n.network, to_timestamp(n.at / 1000.0)
           from unnest($1::uuid[], $2::text[], $3::float8[]) n (domain_id, network, at) join domains d on d.id = n.domain_id
           on conflict (domain_id, network) do nothing`,
          [saving.map((one) => one.domainId), saving.map((one) => one.network), saving.map((one) => one.at)],
        );
      } catch (error) {
        this.unsaved.unshift(...saving);
        throw error;
      }
    }
    const { rows } = await db.query<{ key: string; at: number; noted: string }>(
      `select domain_id || ' ' || network as key, extract(epoch from first_at)::float8 * 1000 as at,
         (noted_at - interval '10 seconds')::text as noted
       from deferred_networks where noted_at > $1::timestamptz order by noted_at limit 50000`,
      [this.readUpTo],
    );
    for (const { key, at } of rows) this.remember(key, Math.min(at, this.firstAt.get(key) ?? at));
    this.readUpTo = rows.at(-1)?.noted ?? this.readUpTo;
    if (Date.now() - this.prunedAt < hourMs) return;
    this.prunedAt = Date.now();
    await db.query(`delete from deferred_networks where noted_at < now() - interval '1 day'`);
  }

  private remember(key: string, at: number): void {
    this.firstAt.delete(key);
    this.firstAt.set(key, at);
    if (this.firstAt.size > mostRemembered) this.firstAt.delete(this.firstAt.keys().next().value as string);
  }
}
