import { messageIdOf } from '@holdfast/mail';
import { nowOr, type AsOf } from './now';
import { keepObjections } from './objections';
import type { Queryable } from './queryable';
import { insertCopies } from './replay';
import { insertReports } from './reports';

/** What became of one attempt. */
export type Outcome =
  | { deliveryId: string; kind: 'delivered' | 'refused'; reply: string; with: string }
  | {
      deliveryId: string;
      kind: 'deferred';
      reply: string;
      with: string;
      retryAfterSeconds: number;
      /** the row of the reply table by which only a person can mend it: its people are told */
      objection?: string;
    }
  /** found bad when it was scanned late; waits for the tenant */
  | { deliveryId: string; kind: 'quarantined'; reply: string; with: string }
  /** not attempted after all, because the primary or the scanner could not be reached: nothing counts as an attempt */
  | { deliveryId: string; kind: 'given-back'; retryAfterSeconds: number };

/**
 * Writes outcomes, a statement for each kind in the batch, and moves the counters with them. What a primary answered for good is
 * taken whatever the lease says: if it said 250, it is delivered, even when we come late. Everything else counts only while the
 * claim is still `worker`'s: a relay whose lease ran out must not set free what another one is sending. Idempotent.
 * @returns ids of messages that nobody needs any more: their bodies may leave the spool
 */
export async function settle(
  db: Queryable,
  outcomes: Outcome[],
  worker: string,
  asOf?: AsOf,
): Promise<string[]> {
  // In the order of ids, as everybody locks deliveries: see levers.ts.
  const inOrder = outcomes.toSorted((one, other) => (one.deliveryId < other.deliveryId ? -1 : 1));
  const of = <K extends Outcome['kind']>(...kinds: K[]) =>
    inOrder.filter((outcome): outcome is Extract<Outcome, { kind: K }> =>
      (kinds as string[]).includes(outcome.kind),
    );
  const ends = of('delivered', 'refused');
  const deferred = of('deferred');
  const quarantined = of('quarantined');
  const givenBack = of('given-back');
  if (deferred.length > 0) {
    await db.query({
      name: 'settle-deferred',
      text: deferSql,
      values: [
        deferred.map((o) => o.deliveryId),
        deferred.map((o) => o.reply),
        deferred.map((o) => o.with),
        deferred.map((o) => o.retryAfterSeconds),
        worker,
        asOf ?? null,
      ],
    });
  }
  await keepObjections(
    db,
    deferred.flatMap(({ objection, ...one }) =>
      objection === undefined ? [] : [{ ...one, rule: objection }],
    ),
    asOf,
  );
  if (quarantined.length > 0) {
    await db.query({
      name: 'settle-quarantined',
      text: quarantineSql,
      values: [quarantined.map((o) => o.deliveryId), quarantined.map((o) => o.reply), worker],
    });
  }
  if (givenBack.length > 0) {
    await db.query({
      name: 'give-back',
      text: giveBackSql,
      values: [
        givenBack.map((o) => o.deliveryId),
        givenBack.map((o) => o.retryAfterSeconds),
        worker,
        asOf ?? null,
      ],
    });
  }
  if (ends.length === 0) return [];
  await db.query({
    name: 'settle-ends',
    text: endSql,
    values: [
      ends.map((o) => o.deliveryId),
      ends.map((o) => o.kind),
      ends.map((o) => o.reply),
      ends.map((o) => o.with),
      asOf ?? null,
    ],
  });
  return withoutDeliveries(db, [...new Set(ends.map((o) => messageIdOf(o.deliveryId)))]);
}

/**
 * Of which of these messages nobody needs the body: no delivery waits, no report is to be decided, no copy is kept for a replay. They
 * need not be registered.
 */
export async function withoutDeliveries(db: Queryable, messageIds: string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'without-deliveries',
    // A delivery's id is its message's with another end, so this is a short range of the primary key.
    text: `
      select m.id from unnest($1::uuid[], $2::uuid[]) as m (id, last)
      where not exists (select from deliveries d where d.id > m.id and d.id <= m.last)
        and not exists (select from reports r where r.delivery_id > m.id and r.delivery_id <= m.last and r.decided_at is null)
        and not exists (select from kept_copies k where k.delivery_id > m.id and k.delivery_id <= m.last)`,
    values: [messageIds, messageIds.map((id) => `${id.slice(0, -4)}ffff`)],
  });
  return rows.map(({ id }) => id);
}

const endSql = `
  with changed as (
    delete from deliveries d
    using unnest($1::uuid[], $2::delivery_state[], $3::text[], $4::text[]) as o (id, became, reply, settled_with)
    where d.id = o.id
    returning d.id, d.message_id, d.tenant_id, d.domain_id, d.recipient, d.bytes, d.state as was, d.attempts, o.became, o.reply, o.settled_with,
      d.notify, d.original_recipient, d.node, d.replay_of
  ), ended as (
    insert into settled_deliveries (id, message_id, tenant_id, domain_id, recipient, bytes, state, attempts, last_reply, settled_with,
      notify, original_recipient, replay_of, settled_at)
    select id, message_id, tenant_id, domain_id, recipient, bytes, became, attempts + 1, reply, settled_with, notify, original_recipient,
      replay_of, ${nowOr('$5')}
    from changed
    on conflict (id) do nothing
  ), reported as (${insertReports('became', nowOr('$5'), "became = 'refused'")}
  ), kept as (${insertCopies(nowOr('$5'))}
  ), moved as (
    select domain_id,
      count(*) filter (where was = 'held') as held, coalesce(sum(bytes) filter (where was = 'held'), 0) as held_bytes,
      count(*) filter (where was = 'sending') as sending, count(*) filter (where was = 'quarantined') as quarantined,
      count(*) filter (where became = 'delivered') as delivered, count(*) filter (where became = 'refused') as refused
    from changed group by domain_id
  ), locked as materialized (
    select domain_id from domain_counters where domain_id in (select domain_id from moved) order by domain_id for update
  )
  update domain_counters c set held = c.held - m.held, held_bytes = c.held_bytes - m.held_bytes, sending = c.sending - m.sending,
    quarantined = c.quarantined - m.quarantined, delivered = c.delivered + m.delivered, refused = c.refused + m.refused
  from moved m join locked using (domain_id) where c.domain_id = m.domain_id
`;

const deferSql = `
  with changed as (
    update deliveries d set state = 'held', attempts = d.attempts + 1, last_reply = o.reply,
      next_attempt_at = ${nowOr('$6')} + make_interval(secs => o.seconds), claimed_by = null, lease_until = null
    from unnest($1::uuid[], $2::text[], $3::text[], $4::int[]) as o (id, reply, attempted_with, seconds)
    where d.id = o.id and d.state = 'sending' and d.claimed_by = $5
    returning d.id, d.tenant_id, d.domain_id, d.bytes, o.reply, o.attempted_with
  ), told as (
    insert into attempts (delivery_id, tenant_id, reply, attempted_with, attempted_at)
    select id, tenant_id, reply, attempted_with, ${nowOr('$6')} from changed
  ), ${backToHeld()}
`;

const giveBackSql = `
  with changed as (
    update deliveries d set state = 'held', claimed_by = null, lease_until = null,
      next_attempt_at = case when o.seconds > 0 then ${nowOr('$4')} + make_interval(secs => o.seconds) else d.next_attempt_at end
    from unnest($1::uuid[], $2::int[]) as o (id, seconds)
    where d.id = o.id and d.state = 'sending' and d.claimed_by = $3
    returning d.domain_id, d.bytes
  ), ${backToHeld()}
`;

const quarantineSql = `
  with changed as (
    update deliveries d set state = 'quarantined', last_reply = o.reply, claimed_by = null, lease_until = null
    from unnest($1::uuid[], $2::text[]) as o (id, reply)
    where d.id = o.id and d.state = 'sending' and d.claimed_by = $3
    returning d.domain_id, d.bytes
  ), moved as (
    select domain_id, count(*) as n from changed group by domain_id
  ), locked as materialized (
    select domain_id from domain_counters where domain_id in (select domain_id from moved) order by domain_id for update
  )
  update domain_counters c set sending = sending - n, quarantined = quarantined + n
  from moved join locked using (domain_id) where c.domain_id = moved.domain_id
`;

function backToHeld(): string {
  return `
  moved as (
    select domain_id, count(*) as n, sum(bytes) as bytes from changed group by domain_id
  ), locked as materialized (
    select domain_id from domain_counters where domain_id in (select domain_id from moved) order by domain_id for update
  )
  update domain_counters c set sending = sending - n, held = held + n, held_bytes = held_bytes + moved.bytes
  from moved join locked using (domain_id) where c.domain_id = moved.domain_id
`;
}
