import type { NotifyOn, ReportedPart } from '@holdfast/mail';
import { nowOr, type AsOf } from './now';
import type { Queryable } from './queryable';
import type { ScanState } from './register';

/** A delivery that is ours to attempt until its lease ends. */
export interface ClaimedDelivery {
  id: string;
  messageId: string;
  tenantId: string;
  domainId: string;
  recipient: string;
  sender: string;
  bytes: number;
  /** attempts so far, without the one that begins now */
  attempts: number;
  receivedAt: Date;
  expiresAt: Date;
  scan: ScanState;
  clientAddress: string | null;
  /** from PTR, where it was looked up */
  clientName: string | null;
  helo: string | null;
  /** the sender asked for SMTPUTF8 (RFC 6531): the primary must know it too, unless all of the message is ASCII */
  isSmtpUtf8: boolean;
  /** no way without verified TLS to a server that offers REQUIRETLS; where there is none, it goes back (RFC 8689) */
  requireTls: boolean;
  /** ENVID (RFC 3461), decoded; null: the sender gave none */
  envelopeId: string | null;
  /** RET (RFC 3461); null: ours to choose */
  ret: ReportedPart | null;
  /** NOTIFY (RFC 3461), `never` alone or a set of the others; null: the sender did not say, which means failure */
  notify: NotifyOn[] | null;
  /** ORCPT (RFC 3461), such as `rfc822;bob@example.test`, decoded; null: the sender gave none */
  originalRecipient: string | null;
}

/**
 * Takes up to `limit` due deliveries of one domain, oldest first, and makes them ours until `leaseSeconds` from now. Others that
 * claim at the same moment skip what we lock; nobody waits.
 *
 * A claim is the one thing here that a crash of Postgres might forget without harm: the delivery would still be held.
 */
export async function claimDue(
  db: Queryable,
  ask: { domainId: string; node: string; worker: string; limit: number; leaseSeconds: number; asOf?: AsOf },
): Promise<ClaimedDelivery[]> {
  const { rows } = await db.query<ClaimedDelivery>({
    name: 'claim-due',
    text: claimSql,
    values: [ask.domainId, ask.node, ask.limit, ask.worker, ask.leaseSeconds, ask.asOf ?? null],
  });
  return rows;
}

const claimSql = `
  with due as (
    select id from deliveries
    where domain_id = $1 and node = $2 and state = 'held' and not is_parked and next_attempt_at <= ${nowOr('$6')}
    order by next_attempt_at, id
    limit $3
    for update skip locked
  ), claimed as (
    update deliveries d set state = 'sending', claimed_by = $4, lease_until = ${nowOr('$6')} + make_interval(secs => $5)
    from due where d.id = due.id
    returning d.*
  ), counted as (
    update domain_counters set held = held - moved.n, held_bytes = held_bytes - moved.bytes, sending = sending + moved.n
    from (select count(*) as n, coalesce(sum(bytes), 0) as bytes from claimed) moved
    where domain_id = $1 and moved.n > 0
  )
  select c.id, c.message_id as "messageId", c.tenant_id as "tenantId", c.domain_id as "domainId", c.recipient, m.sender, c.bytes,
    c.attempts, m.received_at as "receivedAt", c.expires_at as "expiresAt", m.scan, host(m.client_address) as "clientAddress",
    m.client_name as "clientName", m.helo,
    m.is_smtp_utf8 as "isSmtpUtf8", m.require_tls as "requireTls", m.envelope_id as "envelopeId", m.ret,
    string_to_array(c.notify, ',') as notify, c.original_recipient as "originalRecipient"
  from claimed c join messages m on m.id = c.message_id
  order by c.id
`;

/**
 * Domains that have something due on this node at this moment. Kept counters say where to look at all, and one look into the index
 * of what is due says whether it is: a thousand domains that only wait for their next attempt cost milliseconds and wake nobody.
 */
export async function domainsWithDueMail(db: Queryable, node: string, asOf?: AsOf): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'domains-with-due-mail',
    text: `
      select c.domain_id as id from domain_counters c
      where c.held > 0 and exists (
        select from deliveries d
        where d.domain_id = c.domain_id and d.node = $1 and d.state = 'held' and not d.is_parked and d.next_attempt_at <= ${nowOr('$2')})`,
    values: [node, asOf ?? null],
  });
  return rows.map(({ id }) => id);
}

/**
 * Frees what was claimed by a relay that died: back to `held`, attempts as before. Nobody needs to notice the death; the lease
 * runs out by itself. A relay that starts again under the same name need not wait for that.
 * @param worker frees all that this one claimed, whatever its lease says; without it, what has run out
 * @returns the domains that have work again; call again until there are none
 */
export async function freeStaleClaims(db: Queryable, worker?: string | null, asOf?: AsOf): Promise<string[]> {
  const { rows } = await db.query<{ domain_id: string }>(
    `
    with stale as (
      select id from deliveries where state = 'sending' and (lease_until < ${nowOr('$2')} or claimed_by = $1) order by id limit 5000 for update skip locked
    ), freed as (
      update deliveries d set state = 'held', claimed_by = null, lease_until = null from stale where d.id = stale.id
      returning d.domain_id, d.bytes
    ), moved as (
      select domain_id, count(*) as n, sum(bytes) as bytes from freed group by domain_id
    ), locked as materialized (
      select domain_id from domain_counters where domain_id in (select domain_id from moved) order by domain_id for update
    )
    update domain_counters c set held = held + n, held_bytes = held_bytes + bytes, sending = sending - n
    from moved join locked using (domain_id) where c.domain_id = moved.domain_id
    returning c.domain_id`,
    [worker ?? null, asOf ?? null],
  );
  return rows.map(({ domain_id }) => domain_id);
}

/**
 * Makes everything of a domain due that waits for its next attempt. For the end of an outage: what was deferred in its first
 * seconds should not wait out its schedule while the primary is there.
 */
export async function makeDue(db: Queryable, domainId: string, asOf?: AsOf): Promise<void> {
  await db.query({
    name: 'make-due',
    // What somebody else moves at this moment is left to them; the next look finds it.
    text: `
      with waiting as materialized (
        select id from deliveries
        where domain_id = $1 and state = 'held' and not is_parked and next_attempt_at > ${nowOr('$2')}
        for update skip locked
      )
      update deliveries d set next_attempt_at = ${nowOr('$2')} from waiting where d.id = waiting.id`,
    values: [domainId, asOf ?? null],
  });
}

/** What waits on a node, in order of ids, a page at a time; for whoever compares with the spool. */
export async function waitingMessages(
  db: Queryable,
  node: string,
  after: string | undefined,
  limit: number,
): Promise<{ deliveryId: string; messageId: string; tenantId: string }[]> {
  const { rows } = await db.query<{ deliveryId: string; messageId: string; tenantId: string }>({
    name: 'waiting-messages',
    text: `
      select id as "deliveryId", message_id as "messageId", tenant_id as "tenantId" from deliveries
      where id > $1 and node = $2 order by id limit $3`,
    values: [after ?? '00000000-0000-0000-0000-000000000000', node, limit],
  });
  return rows;
}
