import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Log } from '@holdfast/daemon';
import { putJobBack, takeJob, workPage } from '@holdfast/queue';
import type { Operator } from '../access/actor';
import { LOG } from '../http/log';
import { TenantDatabase } from '../http/tenant-database';

const lookEveryMs = 2_000;
/** After so long another job has its turn: a million messages of one tenant must not keep the three of the next waiting. */
const turnMs = 1_000;
const house: Operator = { kind: 'operator' };

/** Works off jobs, page by page and in turns. Several api processes may do so: each job is one's at a time, by lease. */
@Injectable()
export class JobWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> | undefined;
  private isWanted = false;
  private isEnding = false;

  constructor(
    private readonly database: TenantDatabase,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.look();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isEnding = true;
    clearTimeout(this.timer);
    await this.working;
  }

  /** There may be something to do. */
  look(): void {
    this.isWanted = true;
    if (this.working || this.isEnding) return;
    clearTimeout(this.timer);
    this.working = this.workAll().finally(() => {
      this.working = undefined;
      if (!this.isEnding) this.timer = setTimeout(() => this.look(), lookEveryMs);
    });
  }

  private async workAll(): Promise<void> {
    while (this.isWanted && !this.isEnding) {
      this.isWanted = false;
      try {
        for (;;) {
          const job = await this.database.asOperator(house, takeJob);
          if (!job || this.isEnding) break;
          await this.workTurn(job);
        }
      } catch (error) {
        // Postgres is away, and this comes round again.
        this.log('failed', { while: 'looking for jobs', error });
      }
    }
  }

  private async workTurn({ id, tenantId }: { id: string; tenantId: string }): Promise<void> {
    const until = performance.now() + turnMs;
    let hasFailed = false;
    try {
      while (
        (await this.database.asTenant(tenantId, (db) => workPage(db, id))) &&
        performance.now() < until &&
        !this.isEnding
      );
    } catch (error) {
      hasFailed = true;
      this.log('failed', { while: 'working a job', job: id, tenantId, error });
    }
    await this.database.asOperator(house, (db) => putJobBack(db, id, hasFailed));
  }
}
