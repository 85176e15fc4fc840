import type { Queryable } from '@holdfast/queue';
import type { Synced } from './behind-rcpt';

/** Remembers whose queue had no room for a message, for the sentinel, which tells the tenant. RCPT waits for none of it. */
export class FullQueues implements Synced {
  private readonly tenants = new Set<string>();

  note(tenantId: string): void {
    this.tenants.add(tenantId);
  }

  async sync(db: Queryable): Promise<void> {
    if (this.tenants.size === 0) return;
    const noted = [...this.tenants];
    // Should this fail, the next message that finds no room says it again.
    this.tenants.clear();
    await db.query(
      `insert into queue_levels as known (tenant_id, refused_at) select id, now() from tenants where id = any($1::uuid[])
       on conflict (tenant_id) do update set refused_at = excluded.refused_at
         where known.refused_at is null or known.refused_at < now() - interval '10 seconds'`,
      [noted],
    );
  }
}
