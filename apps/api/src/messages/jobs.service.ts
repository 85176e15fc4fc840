import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '@holdfast/daemon';
import { makeJob, readJobs, stopJob, type Job as WholeJob } from '@holdfast/queue';
import { byWhom, permit, type Actor } from '../access/actor';
import { findDomainId } from '../domains/domain-sql';
import { LOG } from '../http/log';
import { isUuid } from '../http/page';
import { Invalid, NotHere } from '../http/problem';
import { TenantDatabase } from '../http/tenant-database';
import { JobWorker } from './job-worker';
import type { Job, JobList, NewJob } from './jobs.dto';

const mostListed = 100;

/** Takes orders for levers on many deliveries and says how far they are. The job worker does the work. */
@Injectable()
export class JobsService {
  constructor(
    private readonly database: TenantDatabase,
    private readonly worker: JobWorker,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async list(actor: Actor): Promise<JobList> {
    const asking = permit(actor, 'read-messages');
    const parts = await this.database.each(asking, ({ db }) => readJobs(db, { limit: mostListed }));
    const jobs = parts.flat().sort((one, other) => other.madeAt.getTime() - one.madeAt.getTime());
    return { items: jobs.slice(0, mostListed).map(shown) };
  }

  async show(actor: Actor, id: string): Promise<Job> {
    const asking = permit(actor, 'read-messages');
    const job = isUuid(id)
      ? await this.database.first(asking, async ({ db }) => (await readJobs(db, { id, limit: 1 }))[0])
      : undefined;
    if (!job) throw new NotHere('job of this id');
    return shown(job);
  }

  async start(actor: Actor, wanted: NewJob): Promise<Job> {
    const asking = permit(actor, 'move-messages');
    const { action: lever, state } = wanted;
    const by = byWhom(actor);
    let job: WholeJob | undefined;
    if (wanted.domain === undefined) {
      const tenantId = theOneTenant(asking);
      job = await this.database.asTenant(tenantId, async (db) => {
        const id = await makeJob(db, { tenantId, lever, state, by });
        return (await readJobs(db, { id, limit: 1 }))[0];
      });
    } else {
      const { domain } = wanted;
      job = await this.database.first(asking, async ({ db }) => {
        const domainId = await findDomainId(db, domain);
        if (!domainId) return undefined;
        const { rows } = await db.query<{ tenant_id: string }>(
          'select tenant_id from domains where id = $1',
          [domainId],
        );
        const id = await makeJob(db, { tenantId: String(rows[0]?.tenant_id), lever, domainId, state, by });
        return (await readJobs(db, { id, limit: 1 }))[0];
      });
    }
    if (!job) throw new NotHere('domain of this name');
    this.log('changed-by-person', {
      what: lever,
      domain: job.domain,
      job: job.id,
      expected: job.expected,
      by,
    });
    this.worker.look();
    return shown(job);
  }

  async stop(actor: Actor, id: string): Promise<Job> {
    const asking = permit(actor, 'move-messages');
    if (!isUuid(id)) throw new NotHere('job of this id');
    const isStopped = await this.database.each(asking, ({ db }) => stopJob(db, id));
    if (isStopped.includes(true))
      this.log('changed-by-person', { what: 'job stopped', job: id, by: byWhom(actor) });
    return this.show(actor, id);
  }
}

function shown({ tenantId: _, ...job }: WholeJob): Job {
  return job;
}

function theOneTenant(actor: Actor): string {
  const tenantIds =
    actor.kind === 'operator'
      ? actor.tenant
        ? [actor.tenant.id]
        : []
      : actor.memberships.map((membership) => membership.tenantId);
  const [tenantId, another] = tenantIds;
  if (tenantId === undefined || another !== undefined)
    throw new Invalid([{ field: 'tenant', message: 'or "domain" must say whose deliveries are meant' }]);
  return tenantId;
}
