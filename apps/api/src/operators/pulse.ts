import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { heartbeat, heartbeatEveryMs } from '@holdfast/queue';
import type pg from 'pg';
import { CONFIG, type Config } from '../config';
import { OPERATOR_POOL } from '../http/tenant-database';

/** Says every two seconds that this program runs, so that `holdfast status` shows it beside the others. */
@Injectable()
export class Pulse implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly startedAt = new Date();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(OPERATOR_POOL) private readonly pool: pg.Pool,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.beat(), heartbeatEveryMs);
    void this.beat();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async beat(): Promise<void> {
    const { node, worker } = this.config;
    await heartbeat(this.pool, {
      node,
      program: 'api',
      worker,
      pid: process.pid,
      isReady: true,
      reasons: [],
      facts: {},
      startedAt: this.startedAt,
    }).catch(() => undefined); // Postgres is away: the next beat says it, and /health/ready says it meanwhile.
  }
}
