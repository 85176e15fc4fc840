import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { onlyOperator, type Actor } from '../access/actor';
import { CONFIG, type Config } from '../config';
import { NotHere, Problem } from '../http/problem';
import { OPERATOR_POOL } from '../http/tenant-database';
import type { Demo, DemoPrimary } from './demo.dto';

const patienceMs = 5_000;

/** What exists only where a demo runs: its primary's switch, and a door for its visitors. */
@Injectable()
export class DemoService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(OPERATOR_POOL) private readonly pool: pg.Pool,
  ) {}

  /** @throws NotHere where no demo runs */
  mustRun(): string {
    if (this.config.demoUrl === null) throw new NotHere('demo');
    return this.config.demoUrl;
  }

  /** The owners of the demo's tenants: addresses under `.test`, which nobody real can have (RFC 2606). */
  async visitors(): Promise<Demo> {
    this.mustRun();
    const { rows } = await this.pool.query<{ email: string; tenant: string }>(
      `select u.email, t.name as tenant from members m join users u on u.id = m.user_id join tenants t on t.id = m.tenant_id
       where m.role = 'owner' and u.email like '%.test' order by m.created_at, t.name limit 10`,
    );
    return { signIn: rows };
  }

  async primary(actor: Actor): Promise<DemoPrimary> {
    onlyOperator(actor);
    return this.ask('GET');
  }

  async switchPrimary(actor: Actor, up: boolean): Promise<DemoPrimary> {
    onlyOperator(actor);
    return this.ask('POST', { up });
  }

  private async ask(method: 'GET' | 'POST', body?: object): Promise<DemoPrimary> {
    const url = new URL('/control/primary', this.mustRun());
    try {
      const answer = await fetch(url, {
        method,
        ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
        signal: AbortSignal.timeout(patienceMs),
      });
      if (!answer.ok) throw new Error(`the demo answered ${answer.status}`);
      return (await answer.json()) as DemoPrimary;
    } catch (error) {
      const problem = new Problem(
        502,
        'demo-away',
        'The demo is away',
        "The demo's own program does not answer.",
      );
      problem.cause = error;
      throw problem;
    }
  }
}
