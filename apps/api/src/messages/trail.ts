import { judgeReply } from '@holdfast/mail';
import type { Queryable } from '@holdfast/queue';
import type { DeliveryDetail, MessageFacts, TrailEntry } from './deliveries.dto';

interface Row extends Omit<DeliveryDetail, 'message' | 'trail'>, MessageFacts {
  settledWith: string | null;
  /** when somebody decided whether the sender is told; null: nobody had to, or has yet */
  reportedAt: Date | null;
  withheldBecause: string | null;
}

/** One delivery that `db` may see, wherever it is, with its message and everything that happened to it. */
export async function readDelivery(db: Queryable, id: string): Promise<DeliveryDetail | undefined> {
  const { rows } = await db.query<Row>(
    `select p.*, coalesce(domains.name, '') as domain, m.sender, m.received_at as "receivedAt", m.node,
       host(m.client_address) as "clientAddress", m.client_name as "clientName", m.helo, m.tls, m.scan, m.score,
       r.decided_at as "reportedAt", r.withheld_because as "withheldBecause",
       case when p."settledAt" is null then expiry_of(p."deliveryId", p.agreed, l.retention_days) end as "expiresAt"
     from (
       select id as "deliveryId", message_id as "messageId", domain_id, recipient, state, is_parked as "isParked", attempts,
         next_attempt_at as "nextAttemptAt", last_reply as "lastReply", bytes, expires_at as agreed, null::timestamptz as "settledAt",
         null::text as "settledWith", replay_of as "replayOf"
       from deliveries where id = $1
       union all
       select id, message_id, domain_id, recipient, state, false, attempts, null, last_reply, bytes, null, settled_at, settled_with, replay_of
       from settled_deliveries where id = $1
     ) p
     join messages m on m.id = p."messageId"
     left join domains on domains.id = p.domain_id
     left join domain_limits l on l.domain_id = p.domain_id
     left join reports r on r.delivery_id = p."deliveryId"`,
    [id],
  );
  const [row] = rows;
  if (!row) return undefined;
  const attempts = await db.query<{ at: Date; reply: string; primary: string | null }>(
    'select attempted_at as at, reply, attempted_with as primary from attempts where delivery_id = $1 order by id limit 500',
    [id],
  );
  return {
    deliveryId: row.deliveryId,
    messageId: row.messageId,
    domain: row.domain,
    sender: row.sender,
    recipient: row.recipient,
    state: row.state,
    isParked: row.isParked,
    attempts: row.attempts,
    nextAttemptAt: row.nextAttemptAt,
    lastReply: row.lastReply,
    receivedAt: row.receivedAt,
    settledAt: row.settledAt,
    expiresAt: row.expiresAt,
    bytes: row.bytes,
    replayOf: row.replayOf,
    message: {
      clientAddress: row.clientAddress,
      clientName: row.clientName,
      helo: row.helo,
      tls: row.tls,
      scan: row.scan,
      score: row.score,
      node: row.node,
    },
    trail: [received(row), ...attempts.rows.map(deferred), ...now(row), ...reported(row)],
  };
}

function received(row: Row): TrailEntry {
  const from = row.clientName ?? row.clientAddress ?? 'an unknown host';
  const scanned = {
    clean: 'scanned, clean',
    unscanned: 'to be scanned before it is delivered',
    'not-scanned': 'not scanned, because scanning is switched off',
    spam: 'scanned: spam',
    infected: 'scanned: infected',
  }[row.scan];
  const again = row.replayOf ? ' Sent again, because the primary lost it.' : '';
  return { at: row.receivedAt, event: 'received', text: `Received from ${from}, ${scanned}.${again}` };
}

/** Whether the sender heard of a failure. */
function reported({ reportedAt, withheldBecause }: Row): TrailEntry[] {
  if (!reportedAt) return [];
  return withheldBecause === null
    ? [{ at: reportedAt, event: 'reported', text: 'The sender was told.' }]
    : [{ at: reportedAt, event: 'withheld', text: `The sender was not told. ${withheldBecause}.` }];
}

function deferred({ at, reply, primary }: { at: Date; reply: string; primary: string | null }): TrailEntry {
  const text = `Not delivered this time; it will be tried again.${meaningOf(reply)}`;
  return { at, event: 'deferred', text, reply, primary };
}

/** What servers mean by such a reply, as a sentence; nothing for one that nobody wrote down. */
function meaningOf(reply: string | null): string {
  const { because } = judgeReply(reply ?? '');
  return because ? ` ${because}.` : '';
}

/** Where it is now, when that is more than waiting for its turn. */
function now(row: Row): TrailEntry[] {
  const at = row.settledAt ?? row.nextAttemptAt ?? row.receivedAt;
  const last = { reply: row.lastReply, primary: row.settledWith };
  switch (row.state) {
    case 'delivered':
      return [{ at, event: 'delivered', text: 'Delivered to the primary.', ...last }];
    case 'refused':
      return [
        {
          at,
          event: 'refused',
          text: `Refused by the primary.${meaningOf(row.lastReply)}`,
          ...last,
        },
      ];
    case 'expired':
      return [
        { at, event: 'expired', text: 'Given up: it waited as long as this domain lets mail wait.', ...last },
      ];
    case 'discarded':
      return [{ at, event: 'discarded', text: "Discarded by its tenant's word.", ...last }];
    case 'quarantined':
      return [
        {
          at: row.receivedAt,
          event: 'quarantined',
          text: 'In quarantine until somebody releases or discards it.',
          reply: row.lastReply,
        },
      ];
    case 'sending':
      return [{ at, event: 'sending', text: 'On its way to the primary.' }];
    case 'held':
      return row.isParked
        ? [{ at: row.receivedAt, event: 'held', text: "Held by a person's word until it is released." }]
        : [];
  }
}
