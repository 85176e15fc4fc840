import type pg from 'pg';
import type { DirectoryEntry, HeldByTenant, Primary } from './entry';
import { RecipientSet } from './recipient-set';

export interface Loaded {
  entries: DirectoryEntry[];
  recipients: Map<string, RecipientSet>;
}

/** Which part to read: some domains, the domains of some tenants, or (neither) everything. */
export interface Part {
  domains?: string[];
  tenants?: string[];
}

interface Row {
  domain_id: string;
  tenant_id: string;
  name: string;
  state: DirectoryEntry['state'];
  is_suspended: boolean;
  recipient_policy: DirectoryEntry['recipientPolicy'];
  retention_days: number;
  primaries: Primary[] | null;
  max_held_messages: number | null;
  max_held_bytes: number | null;
  max_message_bytes: number | null;
}

/** Reads the directory, or a part of it, in two statements. */
export async function loadDirectory(pool: pg.Pool, part: Part): Promise<Loaded> {
  const values = [part.domains ?? null, part.tenants ?? null];
  const chosen = `(($1::uuid[] is null and $2::uuid[] is null) or d.id = any($1::uuid[]) or d.tenant_id = any($2::uuid[]))`;
  const { rows } = await pool.query<Row>(
    `select d.id as domain_id, d.tenant_id, d.name, d.state, t.is_suspended, d.recipient_policy, d.retention_days,
       t.max_held_messages, t.max_held_bytes, t.max_message_bytes, p.primaries
     from domains d
     join tenants t on t.id = d.tenant_id
     left join lateral (
       select json_agg(json_build_object('host', host, 'port', port, 'tlsPolicy', tls_policy, 'preference', preference)
         order by preference, host, port) as primaries
       from primaries where domain_id = d.id
     ) p on true
     where ${chosen}`,
    values,
  );
  const lists = await pool.query<{ domain_id: string; local_parts: string[] }>(
    `select r.domain_id, array_agg(r.local_part) as local_parts
     from recipients r join domains d on d.id = r.domain_id
     where d.recipient_policy = 'list' and ${chosen}
     group by r.domain_id`,
    values,
  );
  return {
    entries: rows.map((row) => ({
      domainId: row.domain_id,
      tenantId: row.tenant_id,
      name: row.name,
      state: row.state,
      isTenantSuspended: row.is_suspended,
      recipientPolicy: row.recipient_policy,
      retentionDays: row.retention_days,
      primaries: row.primaries ?? [],
      limits: {
        maxHeldMessages: row.max_held_messages,
        maxHeldBytes: row.max_held_bytes,
        maxMessageBytes: row.max_message_bytes,
      },
    })),
    recipients: new Map(lists.rows.map((row) => [row.domain_id, RecipientSet.of(row.local_parts)])),
  };
}

/** What each tenant has with us; tenants with nothing are left out. Reads the kept counters. */
export async function loadHeld(pool: pg.Pool): Promise<Map<string, HeldByTenant>> {
  const { rows } = await pool.query<{ tenant_id: string; messages: number; bytes: number }>(
    `select tenant_id, sum(held + sending + quarantined)::bigint as messages, sum(held_bytes)::bigint as bytes
     from domain_counters where held > 0 or sending > 0 or quarantined > 0 group by tenant_id`,
  );
  return new Map(rows.map((row) => [row.tenant_id, { messages: row.messages, bytes: row.bytes }]));
}
