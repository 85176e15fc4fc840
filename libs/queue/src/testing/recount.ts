import type { Queryable } from '../queryable';

/** A counter that is not what a recount says. */
export interface Miscount {
  domainId: string;
  counter: string;
  kept: number;
  counted: number;
}

/** Recounts everything and compares it with the kept counters; `db` must see all tenants. Nothing may be under way meanwhile. */
export async function recount(db: Queryable): Promise<Miscount[]> {
  const { rows } = await db.query<Miscount>(`
    with counted as (
      select c.domain_id, kind.counter, kind.kept, coalesce((
        select case when kind.counter = 'held_bytes' then sum(bytes) else count(*) end
        from (
          select domain_id, state::text, bytes from deliveries union all select domain_id, state::text, bytes from settled_deliveries
        ) d
        where d.domain_id = c.domain_id and d.state = replace(kind.counter, '_bytes', '')
      ), 0) as counted
      from domain_counters c
      cross join lateral (values ('held', c.held), ('held_bytes', c.held_bytes), ('sending', c.sending), ('quarantined', c.quarantined),
        ('delivered', c.delivered), ('refused', c.refused), ('expired', c.expired), ('discarded', c.discarded)) as kind (counter, kept)
    )
    select domain_id as "domainId", counter, kept::float8 as kept, counted::float8 as counted from counted where kept <> counted`);
  return rows;
}
