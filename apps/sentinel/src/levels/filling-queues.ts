import type pg from 'pg';
import type { Fill, Level } from './level';

export interface FillingQueue extends Fill {
  tenantId: string;
  tenant: string;
  level: Level;
  /** those that hold most, fullest first */
  domains: { domain: string; messages: number }[];
}

/** Queues that are near what they may hold, or were told to be. The rest, nearly all, stays in the database. */
export async function fillingQueues(
  pool: pg.Pool,
  usual: { maxMessages: number | null; maxBytes: number | null },
): Promise<FillingQueue[]> {
  const { rows } = await pool.query<FillingQueue>({
    name: 'filling-queues',
    text: `
      select f.*, t.name as tenant,
        (select json_agg(json_build_object('domain', name, 'messages', messages)) from (
          select d.name, c.held + c.sending + c.quarantined as messages from domain_counters c join domains d on d.id = c.domain_id
          where c.tenant_id = f."tenantId" and c.held + c.sending + c.quarantined > 0 order by 2 desc, 1 limit 3) fullest
        ) as domains
      from (
        select l.tenant_id as "tenantId", coalesce(h.messages, 0) as messages, coalesce(h.bytes, 0) as bytes,
          coalesce(l.max_held_messages, $1) as "maxMessages", coalesce(l.max_held_bytes, $2) as "maxBytes",
          coalesce(q.level, 0) as level, coalesce(q.refused_at > now() - interval '1 minute', false) as "isRefusing"
        from tenant_limits l
        left join (
          select tenant_id, sum(held + sending + quarantined)::bigint as messages, sum(held_bytes)::bigint as bytes
          from domain_counters where held > 0 or sending > 0 or quarantined > 0 group by tenant_id
        ) h on h.tenant_id = l.tenant_id
        left join queue_levels q on q.tenant_id = l.tenant_id
      ) f join tenants t on t.id = f."tenantId"
      where f.level > 0 or (f.messages > 0 and (f.messages >= 0.7 * f."maxMessages" or f.bytes >= 0.7 * f."maxBytes"))`,
    values: [usual.maxMessages, usual.maxBytes],
  });
  return rows.map((row) => ({ ...row, domains: row.domains ?? [] }));
}
