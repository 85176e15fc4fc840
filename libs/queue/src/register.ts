import { deliveryId, type NotifyOn, type ReportedPart } from '@holdfast/mail';
import type { Queryable } from './queryable';

export type ScanState = 'clean' | 'unscanned' | 'not-scanned' | 'spam' | 'infected';

/** One message as the spool has it, of one tenant. */
export interface MessageToRegister {
  id: string;
  tenantId: string;
  node: string;
  /** '' is the null sender */
  sender: string;
  bytes: number;
  /** ISO 8601 */
  receivedAt: string;
  clientAddress: string | null;
  clientName: string | null;
  helo: string | null;
  tls: string | null;
  scan: ScanState;
  score: number | null;
  symbols: Record<string, number> | null;
  /** the sender asked for SMTPUTF8 (RFC 6531) */
  isSmtpUtf8?: boolean;
  /** the sender forbids any way without verified TLS (RFC 8689) */
  requireTls?: boolean;
  /** ENVID, decoded (RFC 3461) */
  envelopeId?: string;
  /** RET (RFC 3461) */
  ret?: ReportedPart;
  /** in order: a recipient's place here is its number in the delivery's id */
  recipients: {
    address: string;
    domainId: string;
    /** ISO 8601 */ expiresAt: string;
    isQuarantined?: boolean;
    /** why it is quarantined, for its tenant */
    reason?: string;
    /** NOTIFY (RFC 3461); absent: the sender did not say */
    notify?: NotifyOn[];
    /** ORCPT, decoded (RFC 3461) */
    originalRecipient?: string;
  }[];
}

/**
 * Writes messages with their deliveries and moves the counters, in one statement for the whole batch: a statement and its commit
 * cost more than a row does. Idempotent by message id, so that a crash between this and forgetting the spool's mark does no harm.
 * Tells `holdfast_registered` which domains have something new.
 * @returns how many of them were new
 */
export async function registerMessages(db: Queryable, batch: MessageToRegister[]): Promise<number> {
  if (batch.length === 0) return 0;
  const deliveries = batch.flatMap((message) =>
    message.recipients.map((recipient, index) => ({ id: deliveryId(message.id, index), message, recipient })),
  );
  const { rows } = await db.query<{ registered: number }>({
    name: 'register-messages',
    text: registerSql,
    values: [
      batch.map((m) => m.id),
      batch.map((m) => m.tenantId),
      batch.map((m) => m.node),
      batch.map((m) => m.sender),
      batch.map((m) => m.bytes),
      batch.map((m) => m.receivedAt),
      batch.map((m) => m.clientAddress),
      batch.map((m) => m.clientName),
      batch.map((m) => m.helo),
      batch.map((m) => m.tls),
      batch.map((m) => m.scan),
      batch.map((m) => m.score),
      batch.map((m) => (m.symbols ? JSON.stringify(m.symbols) : null)),
      deliveries.map((d) => d.id),
      deliveries.map((d) => d.message.id),
      deliveries.map((d) => d.recipient.domainId),
      deliveries.map((d) => d.recipient.address),
      deliveries.map((d) => d.recipient.expiresAt),
      deliveries.map((d) => (d.recipient.isQuarantined ? 'quarantined' : 'held')),
      deliveries.map((d) => d.recipient.reason ?? null),
      batch.map((m) => m.isSmtpUtf8 ?? false),
      batch.map((m) => m.requireTls ?? false),
      batch.map((m) => m.envelopeId ?? null),
      batch.map((m) => m.ret ?? null),
      deliveries.map((d) => d.recipient.notify?.join() ?? null),
      deliveries.map((d) => d.recipient.originalRecipient ?? null),
    ],
  });
  return rows[0]?.registered ?? 0;
}

// Counter rows are locked in the order of their ids before they are changed: two registrars and a relay with the same domains
// in different orders would otherwise wait for each other for ever.
const registerSql = `
  with new_messages as (
    insert into messages (id, tenant_id, node, sender, bytes, received_at, client_address, client_name, helo, tls, scan, score, symbols,
      is_smtp_utf8, require_tls, envelope_id, ret)
    select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::timestamptz[], $7::inet[], $8::text[],
      $9::text[], $10::text[], $11::text[], $12::real[], $13::jsonb[], $21::boolean[], $22::boolean[], $23::text[], $24::text[])
    on conflict (id) do nothing
    returning id, tenant_id, node, bytes, received_at
  ), new_deliveries as (
    insert into deliveries (id, message_id, tenant_id, domain_id, node, recipient, bytes, state, next_attempt_at, expires_at, last_reply,
      notify, original_recipient)
    select d.id, m.id, m.tenant_id, d.domain_id, m.node, d.recipient, m.bytes, d.state, m.received_at, d.expires_at, d.reason,
      d.notify, d.original_recipient
    from unnest($14::uuid[], $15::uuid[], $16::uuid[], $17::text[], $18::timestamptz[], $19::delivery_state[], $20::text[],
      $25::text[], $26::text[]) as d (id, message_id, domain_id, recipient, expires_at, state, reason, notify, original_recipient)
    join new_messages m on m.id = d.message_id
    returning domain_id, bytes, state
  ), moved as (
    select domain_id, count(*) as received,
      count(*) filter (where state = 'held') as held,
      coalesce(sum(bytes) filter (where state = 'held'), 0) as held_bytes,
      count(*) filter (where state = 'quarantined') as quarantined
    from new_deliveries group by domain_id
  ), locked as materialized (
    select domain_id from domain_counters where domain_id in (select domain_id from moved) order by domain_id for update
  ), counted as (
    update domain_counters c set received = c.received + m.received, held = c.held + m.held,
      held_bytes = c.held_bytes + m.held_bytes, quarantined = c.quarantined + m.quarantined
    from moved m join locked l using (domain_id) where c.domain_id = m.domain_id
  )
  select (select count(*) from new_messages)::int as registered,
    pg_notify('holdfast_registered', json_build_object('domains', (select json_agg(domain_id) from (select domain_id from moved limit 150) few))::text)
`;
