/**
 * Which relay process works which lane. Each process has a lease, renewed every moment; a lane belongs to a process and is free when
 * that one's lease is cleared away. Postgres' clock decides, and nobody coordinates.
 */
import type { Queryable } from './queryable';

/** A relay process of this node, ourselves included. */
export interface Fellow {
  worker: string;
  number: number;
  pid: number;
  isLive: boolean;
  /** since its lease ran out; negative: it still runs */
  overdueSeconds: number;
}

/**
 * Renews this process's lease, or takes it.
 * @returns whether it was still ours, and everybody on the node
 */
export async function renewWorker(
  db: Queryable,
  me: { worker: string; node: string; number: number; pid: number; session: string; leaseSeconds: number },
): Promise<{ wasOurs: boolean; fellows: Fellow[] }> {
  const renewed = await db.query({
    name: 'renew-worker',
    text: 'update relay_workers set lease_until = now() + make_interval(secs => $3) where worker = $1 and session = $2',
    values: [me.worker, me.session, me.leaseSeconds],
  });
  const wasOurs = (renewed.rowCount ?? 0) > 0;
  if (!wasOurs) {
    await db.query(
      `with mine as (
         insert into relay_workers (worker, node, number, pid, session, lease_until)
         values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))
         on conflict (worker) do update set pid = excluded.pid, session = excluded.session, lease_until = excluded.lease_until
         returning worker
       )
       update lanes set owner = null, connections = 0 from mine where lanes.owner = mine.worker`,
      [me.worker, me.node, me.number, me.pid, me.session, me.leaseSeconds],
    );
  }
  const { rows } = await db.query<Fellow>({
    name: 'fellow-workers',
    text: `
      select worker, number, pid, lease_until >= now() as "isLive", extract(epoch from now() - lease_until)::float8 as "overdueSeconds"
      from relay_workers where node = $1`,
    values: [me.node],
  });
  return { wasOurs, fellows: rows };
}

/** Takes those of these lanes that nobody has. A lane of a process that died is free when that one is cleared up after. */
export async function acquireLanes(
  db: Queryable,
  { node, worker, session, names }: { node: string; worker: string; session: string; names: string[] },
): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>({
    name: 'acquire-lanes',
    text: `
      insert into lanes (node, name, owner, owned_since)
      select $1, name, $2, now() from unnest($4::text[]) as wanted (name)
      where exists (select from relay_workers w where w.worker = $2 and w.session = $3 and w.lease_until > now())
      order by name
      on conflict (node, name) do update set owner = excluded.owner, owned_since = now()
      where lanes.owner is null or lanes.owner = excluded.owner
        or not exists (select from relay_workers w where w.worker = lanes.owner)
      returning name`,
    values: [node, worker, session, names],
  });
  return rows.map(({ name }) => name);
}

/** Gives lanes up. @param names null: all of them, and the lease: this process ends */
export async function leaveLanes(
  db: Queryable,
  { worker, session, names }: { worker: string; session: string; names: string[] | null },
): Promise<void> {
  await db.query(
    `update lanes set owner = null, connections = 0, closed_because = null
     where owner = $1 and ($3::text[] is null or name = any($3)) and exists (select from relay_workers w where w.worker = $1 and w.session = $2)`,
    [worker, session, names],
  );
  if (names === null)
    await db.query('delete from relay_workers where worker = $1 and session = $2', [worker, session]);
}

/**
 * Does `work` for a process that died, then forgets it and frees its lanes. One process does it at a time; when that one dies at it,
 * the next begins anew.
 * @returns false when it lives again, or another process is at it
 */
export async function clearUpAfter(
  db: Queryable,
  worker: string,
  work: () => Promise<void>,
): Promise<boolean> {
  await db.query('begin');
  try {
    const { rows } = await db.query(
      'select from relay_workers where worker = $1 and lease_until < now() for update skip locked',
      [worker],
    );
    if (rows.length > 0) {
      await work();
      await db.query(
        'update lanes set owner = null, connections = 0, closed_because = null where owner = $1',
        [worker],
      );
      await db.query('delete from relay_workers where worker = $1', [worker]);
    }
    await db.query('commit');
    return rows.length > 0;
  } catch (error) {
    await db.query('rollback').catch(() => undefined);
    throw error;
  }
}

export interface ToldLane {
  name: string;
  connections: number;
  allowed: number;
  closedBecause: string | null;
}

/** Writes what operators see of our lanes. */
export async function tellLanes(
  db: Queryable,
  { node, worker, lanes }: { node: string; worker: string; lanes: ToldLane[] },
): Promise<void> {
  if (lanes.length === 0) return;
  await db.query({
    name: 'tell-lanes',
    text: `
      update lanes l set connections = t.connections, allowed = t.allowed, closed_because = t.closed_because
      from unnest($3::text[], $4::int[], $5::int[], $6::text[]) as t (name, connections, allowed, closed_because)
      where l.node = $1 and l.name = t.name and l.owner = $2`,
    values: [
      node,
      worker,
      lanes.map(({ name }) => name),
      lanes.map(({ connections }) => connections),
      lanes.map(({ allowed }) => allowed),
      lanes.map(({ closedBecause }) => closedBecause?.slice(0, 500) ?? null),
    ],
  });
}

/** What operators want of a lane, and with how many nodes it shares its primary at this moment. */
export interface LaneSettings {
  name: string;
  pausedBecause: string | null;
  maxConnections: number | null;
  maxMessagesPerMinute: number | null;
  /** nodes that are connected to the same primary, ours included */
  nodes: number;
}

/** Of our lanes those of which there is something to say. */
export async function readLaneSettings(db: Queryable, node: string, worker: string): Promise<LaneSettings[]> {
  const { rows } = await db.query<LaneSettings>({
    name: 'read-lane-settings',
    text: `
      select mine.name, s.paused_because as "pausedBecause", s.max_connections as "maxConnections",
        s.max_messages_per_minute as "maxMessagesPerMinute", (1 + others.n)::int as nodes
      from lanes mine
      left join lane_settings s on s.name = mine.name
      cross join lateral (
        select count(*) as n from lanes o join relay_workers w on w.worker = o.owner and w.lease_until > now()
        where o.name = mine.name and o.node <> $1 and o.connections > 0
      ) others
      where mine.owner = $2 and mine.node = $1 and (s.name is not null or others.n > 0)`,
    values: [node, worker],
  });
  return rows;
}
