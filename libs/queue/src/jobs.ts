/**
 * Levers on more deliveries than one statement should move. A job goes through them page by page, by key; each page and the place
 * that it has reached are one transaction, so that it goes on where it was, whoever works it and whenever that one dies.
 */
import { newMessageId } from '@holdfast/mail';
import { pullLever, type LeverName } from './levers';
import type { Queryable } from './queryable';

export const jobStates = ['waiting', 'running', 'done', 'stopped', 'failed'] as const;
export type JobState = (typeof jobStates)[number];

export interface Job {
  id: string;
  tenantId: string;
  action: LeverName;
  domain: string | null;
  deliveryState: 'held' | 'quarantined' | null;
  state: JobState;
  /** how many deliveries fitted when it was made */
  expected: number;
  looked: number;
  changed: number;
  madeAt: Date;
  endedAt: Date | null;
}

export interface NewJob {
  tenantId: string;
  lever: LeverName;
  domainId?: string | undefined;
  /** only what waits in this state */
  state?: 'held' | 'quarantined' | undefined;
  by: string;
}

const onePage = 1_000;
/** Long enough for a page on a busy machine; so long a job stands still when the process that works it dies. */
const leaseSeconds = 20;
const mostFailures = 10;

/** @returns its id. What is received from now on is not meant. */
export async function makeJob(db: Queryable, job: NewJob): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    `insert into jobs (tenant_id, lever, domain_id, delivery_state, before_id, made_by, expected)
     select $1::uuid, $2, $3::uuid, $4::delivery_state, $5::uuid, $6, coalesce(sum(
       case when $4::delivery_state is distinct from 'quarantined' then held else 0 end + case when $4::delivery_state is distinct from 'held' then quarantined else 0 end), 0)
     from domain_counters where tenant_id = $1::uuid and ($3::uuid is null or domain_id = $3)
     returning id`,
    [
      job.tenantId,
      job.lever,
      job.domainId ?? null,
      job.state ?? null,
      // Ids sort by time: everything until now is below this.
      `${newMessageId(Date.now() + 1).slice(0, 13)}-7000-8000-000000000000`,
      job.by,
    ],
  );
  return rows[0]?.id as string;
}

/** Newest first. @param id only this one */
export async function readJobs(db: Queryable, { id, limit }: { id?: string; limit: number }): Promise<Job[]> {
  const { rows } = await db.query<Job>(
    `select j.id, j.tenant_id as "tenantId", j.lever as action, d.name as domain, j.delivery_state as "deliveryState", j.state,
       greatest(j.expected, j.looked)::float8 as expected, j.looked::float8 as looked, j.changed::float8 as changed,
       j.made_at as "madeAt", j.ended_at as "endedAt"
     from jobs j left join domains d on d.id = j.domain_id
     where $1::uuid is null or j.id = $1 order by j.made_at desc, j.id limit $2`,
    [id ?? null, limit],
  );
  return rows;
}

/** What it has moved stays moved. @returns whether there was something to stop */
export async function stopJob(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `update jobs set state = 'stopped', ended_at = now(), lease_until = null where id = $1 and state in ('waiting', 'running')`,
    [id],
  );
  return (rowCount ?? 0) > 0;
}

/** The job that has waited longest for its next pages, ours for the length of a lease; `db` must see all tenants. */
export async function takeJob(db: Queryable): Promise<{ id: string; tenantId: string } | undefined> {
  const { rows } = await db.query<{ id: string; tenantId: string }>(
    `with next as (
       select id from jobs where state in ('waiting', 'running') and (lease_until is null or lease_until < now())
       order by worked_at nulls first, made_at limit 1 for update skip locked
     )
     update jobs set state = 'running', worked_at = now(), lease_until = now() + make_interval(secs => ${leaseSeconds})
     from next where jobs.id = next.id returning jobs.id, jobs.tenant_id as "tenantId"`,
  );
  return rows[0];
}

/** Lets others take it, at once or, after a failure, when the lease has run out. */
export async function putJobBack(db: Queryable, id: string, hasFailed: boolean): Promise<void> {
  await db.query(
    `update jobs set failures = case when $2 then failures + 1 else 0 end, lease_until = case when $2 then lease_until end,
       state = case when $2 and failures + 1 >= ${mostFailures} then 'failed' else state end,
       ended_at = case when $2 and failures + 1 >= ${mostFailures} then now() else ended_at end
     where id = $1 and state = 'running'`,
    [id, hasFailed],
  );
}

/**
 * Moves the next page of a job that is ours. Call it in a transaction that speaks for the job's tenant: row-level security keeps it to
 * the tenant's mail.
 * @returns false when there is no more to do: it is done, or somebody stopped it
 */
export async function workPage(db: Queryable, id: string): Promise<boolean> {
  const { rows } = await db.query<{
    tenant_id: string;
    lever: LeverName;
    domain_id: string | null;
    delivery_state: string | null;
    before_id: string;
    after_id: string;
  }>(
    `update jobs set lease_until = now() + make_interval(secs => ${leaseSeconds}), worked_at = now()
     where id = $1 and state = 'running' returning *`,
    [id],
  );
  const [job] = rows;
  if (!job) return false;
  const { rows: page } = await db.query<{ id: string }>(
    `select id from deliveries
     where ${job.domain_id ? 'domain_id = $2' : 'tenant_id = $1 and $2::uuid is null'} and tenant_id = $1
       and id > $3 and id < $4 and ($5::delivery_state is null or state = $5)
     order by id limit ${onePage}`,
    [job.tenant_id, job.domain_id, job.after_id, job.before_id, job.delivery_state],
  );
  const ids = page.map((delivery) => delivery.id);
  const changed = ids.length > 0 ? await pullLever(db, job.lever, { deliveries: ids }) : 0;
  const isDone = ids.length < onePage;
  await db.query(
    `update jobs set looked = looked + $2, changed = changed + $3, after_id = coalesce($4, after_id), failures = 0,
       state = case when $5 then 'done' else state end, ended_at = case when $5 then now() end,
       lease_until = case when $5 then null else lease_until end
     where id = $1`,
    [id, ids.length, changed, ids.at(-1) ?? null, isDone],
  );
  return !isDone;
}
