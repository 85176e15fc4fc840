import type { Queryable } from '@holdfast/queue';
import type { TlsResult } from './tls-demand';

const writeEveryMs = 10_000;
/** Domains times results; while Postgres is away the rest is not counted. */
const mostWaiting = 50_000;
const keptForDays = 400;

/** Counts for each domain and day how encryption went: what a TLS report is made of (RFC 8460), and what a tenant wants to see. */
export class TlsResults {
  private waiting = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private tidiedOn = '';

  constructor(private readonly db: Queryable) {}

  count(domainIds: readonly string[], policy: string, result: TlsResult): void {
    for (const domainId of domainIds) {
      const key = `${domainId} ${policy} ${result}`;
      if (this.waiting.size >= mostWaiting && !this.waiting.has(key)) continue;
      this.waiting.set(key, (this.waiting.get(key) ?? 0) + 1);
    }
    this.timer ??= setTimeout(() => void this.write(), writeEveryMs);
  }

  /** Writes what is counted; tries again later when it cannot. */
  async write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const batch = this.waiting;
    if (batch.size === 0) return;
    this.waiting = new Map();
    const rows = Array.from(
      batch,
      ([key, count]) => [...key.split(' '), count] as [string, string, string, number],
    );
    try {
      await this.db.query({
        name: 'count-tls-results',
        text: countSql,
        values: [rows.map((r) => r[0]), rows.map((r) => r[1]), rows.map((r) => r[2]), rows.map((r) => r[3])],
      });
      await this.tidyUp();
    } catch {
      for (const [key, count] of batch) this.waiting.set(key, (this.waiting.get(key) ?? 0) + count);
      this.timer ??= setTimeout(() => void this.write(), writeEveryMs);
    }
  }

  /** Once a day. What cannot be tidied up now is tomorrow. */
  private async tidyUp(): Promise<void> {
    const today = new Date().toISOString().slice(0, 10);
    if (this.tidiedOn === today) return;
    this.tidiedOn = today;
    await this.db
      .query('delete from tls_results where day < current_date - $1::int', [keptForDays])
      .catch(() => undefined);
  }

  async end(): Promise<void> {
    await this.write();
    clearTimeout(this.timer);
  }
}

// Ordered, so that two relays never wait for each other's rows crosswise.
const countSql = `
  insert into tls_results as known (tenant_id, domain_id, day, policy, result, count)
  select d.tenant_id, d.id, (now() at time zone 'utc')::date, r.policy, r.result, r.count
  from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[]) as r (domain_id, policy, result, count)
  join domains d on d.id = r.domain_id
  order by d.id, r.policy, r.result
  on conflict (domain_id, day, policy, result) do update set count = known.count + excluded.count
`;
