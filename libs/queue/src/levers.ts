import type { Queryable } from './queryable';
import { insertReports } from './reports';

/** What a person can do with deliveries that wait. */
export const leverNames = ['retry', 'hold', 'release', 'discard'] as const;
export type LeverName = (typeof leverNames)[number];

/** Which deliveries: by id, or all of a domain. Exactly one of the two. */
export type Selection = { deliveries: string[] } | { domainId: string };

/**
 * Pulls a lever. Under whose eyes it happens is decided by `db`: in a tenant's transaction row-level security keeps it to the
 * tenant's own mail. What is being sent at this moment is left alone; its answer is a matter of seconds.
 *
 * - `retry`: due now. - `hold`: stays until it is released, whatever recovers meanwhile. - `release`: takes back `hold`, and lets
 * quarantined mail go. - `discard`: an end, by the tenant's word; the sender is not told.
 * @returns how many deliveries it changed
 */
export async function pullLever(db: Queryable, lever: LeverName, which: Selection): Promise<number> {
  const ids = 'deliveries' in which ? which.deliveries : null;
  const domainId = 'domainId' in which ? which.domainId : null;
  const { rows } = await db.query<{ changed: number }>(leverSql[lever], [ids, domainId]);
  return rows[0]?.changed ?? 0;
}

// Locked in the order of their ids before anything is changed, as settling does: two that move the same deliveries in different
// orders would wait for each other until Postgres ends one of them.
const chosen = (and: string): string => `
  select d.id, d.state from deliveries d where (d.id = any($1::uuid[]) or d.domain_id = $2::uuid) and ${and} order by d.id for update`;
const andTell = (channel: string): string => `
  select (select count(*) from changed)::int as changed,
    pg_notify('${channel}', json_build_object('domains', (select json_agg(domain_id) from (select distinct domain_id from changed limit 150) few))::text)
`;

const leverSql: Record<LeverName, string> = {
  retry: `
    with chosen as materialized (${chosen(`d.state = 'held'`)}), changed as (
      update deliveries d set next_attempt_at = now() from chosen c where d.id = c.id returning d.domain_id
    ) ${andTell('holdfast_retry')}`,
  hold: `
    with chosen as materialized (${chosen(`d.state = 'held' and not d.is_parked`)}), changed as (
      update deliveries d set is_parked = true from chosen c where d.id = c.id returning d.domain_id
    ) ${andTell('holdfast_settled')}`,
  release: `
    with before as materialized (${chosen(`(d.state = 'quarantined' or d.state = 'held' and d.is_parked)`)}), changed as (
      update deliveries d set is_parked = false, state = 'held', next_attempt_at = now() from before b where d.id = b.id
      returning d.domain_id, d.bytes, b.state as was
    ), moved as (
      select domain_id, count(*) as n, sum(bytes) as bytes from changed where was = 'quarantined' group by domain_id
    ), locked as materialized (
      select domain_id from domain_counters where domain_id in (select domain_id from moved) order by domain_id for update
    ), counted as (
      update domain_counters c set quarantined = quarantined - n, held = held + n, held_bytes = held_bytes + moved.bytes
      from moved join locked using (domain_id) where c.domain_id = moved.domain_id
    ) ${andTell('holdfast_retry')}`,
  discard: endWaiting(
    'discarded',
    `d.id in (select id from (${chosen(`d.state in ('held', 'quarantined')`)}) chosen)`,
    'Discarded by its tenant',
    andTell('holdfast_settled'),
  ),
};

/** How an end is written down; all of it SQL. */
export interface EndManner {
  /** when */
  at?: string;
  /** node that tells the sender, or the tenant, of it; left out: nobody needs to hear, whoever asked for it knows */
  reportedBy?: string;
  /** the reason says more than what a primary said before */
  isReasonLast?: boolean;
}

/** Ends deliveries that wait (never one that is being sent) as `state`, with the reason where the last reply stands. */
export function endWaiting(
  state: 'discarded' | 'expired',
  where: string,
  reason: string,
  then: string,
  { at = 'now()', reportedBy, isReasonLast = false }: EndManner = {},
): string {
  const lastReply = isReasonLast ? `'${reason}'` : `coalesce(last_reply, '${reason}')`;
  return `
    with changed as (
      delete from deliveries d where ${where} and d.state in ('held', 'quarantined')
      returning d.id, d.message_id, d.tenant_id, d.domain_id, d.recipient, d.bytes, d.attempts, d.last_reply, d.state as was,
        d.notify, d.original_recipient, d.replay_of, ${reportedBy === undefined ? 'd.node' : `${reportedBy}::text as node`}
    ), ended as (
      insert into settled_deliveries (id, message_id, tenant_id, domain_id, recipient, bytes, state, attempts, last_reply,
        notify, original_recipient, replay_of, settled_at)
      select id, message_id, tenant_id, domain_id, recipient, bytes, '${state}', attempts, ${lastReply},
        notify, original_recipient, replay_of, ${at} from changed
      on conflict (id) do nothing
    ), ${reportedBy === undefined ? '' : `reported as (${insertReports(`'${state}'`, at)}), `}moved as (
      select domain_id, count(*) as n, count(*) filter (where was = 'held') as held,
        coalesce(sum(bytes) filter (where was = 'held'), 0) as held_bytes, count(*) filter (where was = 'quarantined') as quarantined
      from changed group by domain_id
    ), locked as materialized (
      select domain_id from domain_counters where domain_id in (select domain_id from moved) order by domain_id for update
    ), counted as (
      update domain_counters c set held = c.held - m.held, held_bytes = c.held_bytes - m.held_bytes,
        quarantined = c.quarantined - m.quarantined, ${state} = c.${state} + m.n
      from moved m join locked using (domain_id) where c.domain_id = m.domain_id
    ) ${then}`;
}
