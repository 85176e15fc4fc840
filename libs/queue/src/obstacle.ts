import type { Queryable } from './queryable';

/** A statement must stay short while others wait; the rest comes with the next try. */
const mostAtOnce = 1_000;

/**
 * Writes into the trail of what waits for some domains why it cannot leave, where the primary is there and the way to it is not as
 * its tenant demands it. Nothing was attempted: neither state nor schedule moves. The same words are not written twice in a row.
 */
export async function noteObstacle(
  db: Queryable,
  { domainIds, node, reply }: { domainIds: string[]; node: string; reply: string },
): Promise<void> {
  await db.query({
    name: 'note-obstacle',
    text: `
      with waiting as (
        select id from deliveries
        where domain_id = any($1::uuid[]) and node = $2 and state = 'held' and last_reply is distinct from $3
        limit ${mostAtOnce} for update skip locked
      ), changed as (
        update deliveries d set last_reply = $3 from waiting where d.id = waiting.id returning d.id, d.tenant_id
      )
      insert into attempts (delivery_id, tenant_id, reply) select id, tenant_id, $3 from changed`,
    values: [domainIds, node, reply],
  });
}
