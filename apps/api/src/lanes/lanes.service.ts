import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '@holdfast/daemon';
import { channels, type Queryable } from '@holdfast/queue';
import { byWhom, onlyOperator, type Actor } from '../access/actor';
import { LOG } from '../http/log';
import { Conflict, NotHere } from '../http/problem';
import { TenantDatabase } from '../http/tenant-database';
import type { Lane, LaneChanges, LaneList } from './lanes.dto';

/** Shows operators the lanes and takes their word on them. A lane bears many tenants' mail, so it is no tenant's to see. */
@Injectable()
export class LanesService {
  constructor(
    private readonly database: TenantDatabase,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async list(actor: Actor): Promise<LaneList> {
    const operator = onlyOperator(actor);
    return { items: await this.database.asOperator(operator, (db) => readLanes(db, null)) };
  }

  async change(actor: Actor, changes: LaneChanges): Promise<Lane> {
    const operator = onlyOperator(actor);
    const by = byWhom(actor);
    const lane = await this.database.asOperator(operator, async (db) => {
      const name = await findLane(db, changes.lane);
      const { paused, reason = 'an operator paused it', maxConnections, maxMessagesPerMinute } = changes;
      await db.query(
        `insert into lane_settings (name, paused_because, max_connections, max_messages_per_minute, set_by) values ($1, $3, $5, $7, $8)
         on conflict (name) do update set paused_because = case when $2 then $3 else lane_settings.paused_because end,
           max_connections = case when $4 then $5 else lane_settings.max_connections end,
           max_messages_per_minute = case when $6 then $7 else lane_settings.max_messages_per_minute end,
           set_by = $8, set_at = now()`,
        [
          name,
          paused !== undefined,
          paused ? reason : null,
          maxConnections !== undefined,
          maxConnections ?? null,
          maxMessagesPerMinute !== undefined,
          maxMessagesPerMinute ?? null,
          by,
        ],
      );
      // With the transaction: whoever works the lane hears it when it is so.
      await db.query('select pg_notify($1, $2)', [channels.lane, JSON.stringify({ lane: name })]);
      return (await readLanes(db, name))[0] as Lane;
    });
    this.log('changed-by-person', { what: 'lane changed', lane: lane.name, changes, by });
    return lane;
  }
}

/** @throws NotHere, Conflict when it could be several */
async function findLane(db: Queryable, asked: string): Promise<string> {
  const { rows } = await db.query<{ name: string }>(
    `select distinct name from (select name from lanes union all select name from lane_settings) known
     where name = $1 or starts_with(name, $1) order by name limit 20`,
    [asked],
  );
  const exact = rows.find(({ name }) => name === asked);
  const [first, another] = rows;
  if (!exact && another)
    throw new Conflict(
      'which-lane',
      'Which lane is meant?',
      `Several lanes begin so: ${rows.map(({ name }) => name).join('; ')}.`,
    );
  const found = exact ?? first;
  if (!found) throw new NotHere('lane of this name');
  return found.name;
}

async function readLanes(db: Queryable, name: string | null): Promise<Lane[]> {
  const { rows } = await db.query<Lane>(
    `select name, s.paused_because as "pausedBecause", s.max_connections as "maxConnections",
       s.max_messages_per_minute as "maxMessagesPerMinute",
       coalesce(json_agg(json_build_object('node', l.node, 'owner', w.worker, 'connections', case when w.worker is null then 0 else l.connections end,
         'allowed', l.allowed, 'closedBecause', l.closed_because) order by l.node) filter (where l.node is not null), '[]') as nodes
     from lanes l
     full join lane_settings s using (name)
     left join relay_workers w on w.worker = l.owner and w.lease_until > now()
     where $1::text is null or name = $1
     group by name, s.paused_because, s.max_connections, s.max_messages_per_minute
     order by name limit 1000`,
    [name],
  );
  return rows;
}
