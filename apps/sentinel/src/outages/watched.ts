import { primariesOf, type Primary } from '@holdfast/directory';
import type pg from 'pg';
import type { WatchedDomain } from '../probes/watcher';

/**
 * The domains whose primaries need watching: those that have mail waiting with us or an open outage. Reads the kept counters,
 * never the queue. Ordered, so that domains with the same primaries find the open outage among them first.
 * @param domainIds only among these; null: all
 */
export async function loadWatched(pool: pg.Pool, domainIds: string[] | null): Promise<WatchedDomain[]> {
  const { rows } = await pool.query<{ id: string; primaries: Primary[] | null; began_at: Date | null }>({
    name: 'load-watched',
    text: `
      select d.id, o.began_at, ${primariesOf('d')} as primaries
      from domains d
      join domain_counters c on c.domain_id = d.id
      left join outages o on o.domain_id = d.id and o.ended_at is null
      where (c.held > 0 or c.sending > 0 or o.id is not null) and ($1::uuid[] is null or d.id = any($1))
      order by o.began_at nulls last`,
    values: [domainIds],
  });
  return rows.map(({ id, primaries, began_at }) => ({
    domainId: id,
    primaries: primaries ?? [],
    outageBeganAt: began_at?.getTime() ?? null,
  }));
}
