import type { Queryable } from './queryable';
import { isEnd, type DeliveryState } from './states';

export interface ListedDelivery {
  deliveryId: string;
  messageId: string;
  domain: string;
  sender: string;
  recipient: string;
  state: DeliveryState;
  isParked: boolean;
  attempts: number;
  nextAttemptAt: Date | null;
  lastReply: string | null;
  receivedAt: Date;
  settledAt: Date | null;
  bytes: number;
}

export interface ListFilter {
  domainId?: string;
  tenantId?: string;
  state?: DeliveryState;
  /** all recipients of one message */
  messageId?: string;
  /** the id of the last delivery on the page before */
  after?: string;
  /** 1 to 500 */
  limit: number;
}

/**
 * One page of deliveries, newest first, by key and not by offset: the thousandth page costs what the first does. What still waits
 * and what is settled are two tables; both are asked for a page and the newer half is taken.
 */
export async function listDeliveries(
  db: Queryable,
  filter: ListFilter,
): Promise<{ items: ListedDelivery[]; next: string | null }> {
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const limit = value(filter.limit + 1);
  const conditions = ['true'];
  if (filter.domainId) conditions.push(`domain_id = ${value(filter.domainId)}`);
  if (filter.tenantId) conditions.push(`tenant_id = ${value(filter.tenantId)}`);
  if (filter.state) conditions.push(`state = ${value(filter.state)}`);
  if (filter.messageId)
    // A delivery's id is its message's with another end: a short range of the primary key.
    conditions.push(
      `id > ${value(filter.messageId)} and id <= ${value(`${filter.messageId.slice(0, -4)}ffff`)} and message_id = ${value(filter.messageId)}`,
    );
  if (filter.after) conditions.push(`id < ${value(filter.after)}`);
  const where = conditions.join(' and ');
  const waiting = `
    (select id, message_id, domain_id, recipient, state, is_parked, attempts, next_attempt_at, last_reply, bytes, null::timestamptz as settled_at
     from deliveries where ${where} order by id desc limit ${limit})`;
  const settled = `
    (select id, message_id, domain_id, recipient, state, false as is_parked, attempts, null::timestamptz as next_attempt_at, last_reply, bytes, settled_at
     from settled_deliveries where ${where} order by id desc limit ${limit})`;
  const tables = filter.state === undefined ? [waiting, settled] : [isEnd(filter.state) ? settled : waiting];
  const { rows } = await db.query<ListedDelivery>(
    `select p.id as "deliveryId", p.message_id as "messageId", domains.name as domain, m.sender, p.recipient, p.state,
       p.is_parked as "isParked", p.attempts, p.next_attempt_at as "nextAttemptAt", p.last_reply as "lastReply",
       m.received_at as "receivedAt", p.settled_at as "settledAt", p.bytes
     from (select * from (${tables.join(' union all ')}) both_halves order by id desc limit ${limit}) p
     join messages m on m.id = p.message_id
     left join domains on domains.id = p.domain_id
     order by p.id desc`,
    values,
  );
  const items = rows.slice(0, filter.limit);
  return { items, next: rows.length > filter.limit ? (items.at(-1)?.deliveryId ?? null) : null };
}

export type DeliveryCounts = Record<DeliveryState, number>;

/** Sums of the counters that are kept, for a domain, or for everything that `db` may see. */
export async function countDeliveries(db: Queryable, domainId?: string): Promise<DeliveryCounts> {
  const { rows } = await db.query<DeliveryCounts>(
    `select coalesce(sum(held), 0)::bigint as held, coalesce(sum(sending), 0)::bigint as sending,
       coalesce(sum(delivered), 0)::bigint as delivered, coalesce(sum(refused), 0)::bigint as refused,
       coalesce(sum(expired), 0)::bigint as expired, coalesce(sum(discarded), 0)::bigint as discarded,
       coalesce(sum(quarantined), 0)::bigint as quarantined
     from domain_counters where $1::uuid is null or domain_id = $1`,
    [domainId ?? null],
  );
  return rows[0] as DeliveryCounts;
}
