import { nowOr, type AsOf } from './now';
import type { Queryable } from './queryable';

/** A permanent no that is not believed, because only a person can mend what it speaks of. */
export interface Objection {
  deliveryId: string;
  /** the row of the reply table */
  rule: string;
  reply: string;
  with: string;
}

/**
 * Writes down what primaries object to, for whoever tells their people. A kind of objection that was not heard for three days begins
 * anew, and is told anew.
 */
export async function keepObjections(db: Queryable, objections: Objection[], asOf: AsOf): Promise<void> {
  if (objections.length === 0) return;
  await db.query({
    name: 'keep-objections',
    text: keepSql,
    values: [
      objections.map((one) => one.deliveryId),
      objections.map((one) => one.rule),
      objections.map((one) => one.reply.slice(0, 1_000)),
      objections.map((one) => one.with),
      asOf ?? null,
    ],
  });
}

// In the order of ids, so that two relays never wait for each other.
const keepSql = `
  insert into primary_objections as known (domain_id, tenant_id, rule, reply, said_by, began_at, last_at, times)
  select d.domain_id, d.tenant_id, o.rule, max(o.reply), max(o.said_by), ${nowOr('$5')}, ${nowOr('$5')}, count(*)
  from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) as o (id, rule, reply, said_by)
  join deliveries d on d.id = o.id join domains on domains.id = d.domain_id
  group by d.domain_id, d.tenant_id, o.rule order by d.domain_id, o.rule
  on conflict (domain_id, rule) do update set reply = excluded.reply, said_by = excluded.said_by, last_at = excluded.last_at,
    began_at = case when known.last_at < excluded.last_at - interval '3 days' then excluded.began_at else known.began_at end,
    times = case when known.last_at < excluded.last_at - interval '3 days' then 0 else known.times end + excluded.times
`;
