import type pg from 'pg';
import type { DirectoryEntry, HeldByTenant, Limits, PaceLimits, Primary } from './entry';
import { primariesOf } from './primaries-sql';

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
  has_plus_addressing: boolean;
  when_primary_up: DirectoryEntry['whenPrimaryUp'];
  defer_minutes: number;
  primary_accepts_all: boolean | null;
  retention_days: number;
  is_sealed: boolean;
  primaries: Primary[] | null;
  redirect: Primary | null;
  pace: PaceLimits | null;
  limits: Limits;
}

/** Large enough that a hundred thousand domains are twenty questions, small enough that port 25 answers in between. */
const pageOfDomains = 5_000;

const entrySql = `
  select d.id as domain_id, d.tenant_id, d.name, d.state, t.is_suspended, d.recipient_policy, d.has_plus_addressing,
    d.when_primary_up, d.defer_minutes, d.primary_accepts_all, l.retention_days, d.is_sealed, ${primariesOf('d')} as primaries,
    (select json_build_object('host', r.host, 'port', r.port, 'tlsPolicy', r.tls_policy, 'preference', 0)
      from redirects r where r.domain_id = d.id) as redirect,
    case when d.max_connections is not null or d.max_messages_per_minute is not null
      then json_build_object('maxConnections', d.max_connections, 'maxMessagesPerMinute', d.max_messages_per_minute) end as pace,
    json_build_object('maxHeldMessages', l.max_held_messages, 'maxHeldBytes', l.max_held_bytes, 'maxMessageBytes', l.max_message_bytes,
      'maxRecipientsPerMessage', l.max_recipients_per_message, 'maxMessagesPerHour', l.max_messages_per_hour) as limits
  from domains d
  join tenants t on t.id = d.tenant_id
  join domain_limits l on l.domain_id = d.id`;

/** Reads the directory, or a part of it, page by page, without the lists of recipients. */
export async function* loadEntries(pool: pg.Pool, part: Part): AsyncGenerator<DirectoryEntry[]> {
  const shared = new Shared();
  if (part.domains || part.tenants) {
    for (const [column, ids] of [
      ['d.id', part.domains ?? []],
      ['d.tenant_id', part.tenants ?? []],
    ] as const) {
      if (ids.length === 0) continue;
      const { rows } = await pool.query<Row>(`${entrySql} where ${column} = any($1::uuid[])`, [ids]);
      yield rows.map((row) => entryOf(row, shared));
    }
    return;
  }
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const { rows } = await pool.query<Row>(
      `${entrySql} where d.id > $1 order by d.id limit ${pageOfDomains}`,
      [after],
    );
    yield rows.map((row) => entryOf(row, shared));
    if (rows.length < pageOfDomains) return;
    after = rows.at(-1)?.domain_id as string;
  }
}

/** Ten thousand domains of one provider have the same primaries and the same limits: each is kept once. */
class Shared {
  private readonly known = new Map<string, unknown>();

  one<T>(value: T): T {
    const text = JSON.stringify(value);
    const found = this.known.get(text) as T | undefined;
    if (found === undefined) this.known.set(text, value);
    return found ?? value;
  }
}

function entryOf(row: Row, shared: Shared): DirectoryEntry {
  return {
    domainId: row.domain_id,
    tenantId: shared.one(row.tenant_id),
    name: row.name,
    state: row.state,
    isTenantSuspended: row.is_suspended,
    recipientPolicy: row.recipient_policy,
    hasPlusAddressing: row.has_plus_addressing,
    whenPrimaryUp: row.when_primary_up,
    deferMinutes: row.defer_minutes,
    primaryAcceptsAll: row.primary_accepts_all,
    retentionDays: row.retention_days,
    primaries: shared.one(row.primaries ?? []),
    ...(row.redirect && { redirect: shared.one(row.redirect) }),
    ...(row.pace && { pace: shared.one(row.pace) }),
    isSealed: row.is_sealed,
    limits: shared.one(row.limits),
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
