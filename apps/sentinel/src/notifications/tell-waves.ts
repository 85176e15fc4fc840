import type pg from 'pg';
import { refusedByPrimary } from './refused-by-primary';
import { writeToContacts, type Fact, type Written } from './write';

const mostAtOnce = 200;

interface Row {
  id: string;
  tenant_id: string;
  tenant: string;
  domain: string;
  began_at: Date;
  reply: string;
  said_by: string;
  refused: number;
  known_refused: number;
  waiting: number;
  oldest_expires_at: Date | null;
}

/** Writes one mail for each open wave of refusals that has not been told; call again until there are none. */
export async function tellWaves(
  db: pg.PoolClient,
  { hostname, now }: { hostname: string; now: Date },
): Promise<Written[]> {
  const { rows } = await db.query<Row>({
    name: 'waves-to-tell',
    text: `
      select w.*, t.name as tenant, d.name as domain, c.held + c.sending as waiting,
        (select expires_at from deliveries h where h.domain_id = d.id and h.state in ('held', 'sending') order by h.id limit 1) as oldest_expires_at
      from refusal_waves w
      join domain_counters c on c.domain_id = w.domain_id
      join domains d on d.id = w.domain_id
      join tenants t on t.id = w.tenant_id
      where w.decision is null
        and exists (select from contacts where tenant_id = w.tenant_id and verified_at is not null)
        and not exists (select from notifications n where n.tenant_id = w.tenant_id and n.fact = 'refused-by-primary ' || w.id)
      order by w.began_at limit ${mostAtOnce}`,
  });
  return writeToContacts(
    db,
    rows.map((row): Fact => {
      const letter = refusedByPrimary({
        domain: row.domain,
        tenant: row.tenant,
        beganAt: row.began_at,
        reply: row.reply,
        saidBy: row.said_by,
        refused: row.refused,
        knownRefused: row.known_refused,
        waiting: row.waiting,
        oldestExpiresAt: row.oldest_expires_at,
      });
      return {
        kind: 'refused-by-primary',
        tenantId: row.tenant_id,
        outageId: null,
        about: row.id,
        letter,
        now,
        hostname,
      };
    }),
  );
}
