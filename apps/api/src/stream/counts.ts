import type { Queryable } from '@holdfast/queue';
import type { DomainCounts } from '../domains/domains.dto';

export interface CountedDomain {
  id: string;
  domain: string;
  counts: DomainCounts;
}

/** Enough for every console page; a view of more domains shows them page by page and reads each page's counts with it. */
const mostDomains = 1_000;

/**
 * Counters of the given domains that `db` may see.
 * @param domains ids; null: all, first those that have something waiting
 */
export async function readCounts(db: Queryable, domains: string[] | null): Promise<CountedDomain[]> {
  const { rows } = await db.query<CountedDomain>(
    `select d.id, d.name as domain, json_build_object('held', c.held, 'heldBytes', c.held_bytes, 'sending', c.sending,
       'quarantined', c.quarantined, 'delivered', c.delivered, 'refused', c.refused, 'expired', c.expired, 'discarded', c.discarded) as counts
     from domain_counters c join domains d on d.id = c.domain_id
     where $1::uuid[] is null or c.domain_id = any($1::uuid[])
     order by (c.held + c.sending + c.quarantined) desc, d.name limit ${mostDomains}`,
    [domains],
  );
  return rows;
}
