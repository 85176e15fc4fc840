/**
 * Holdfast as `npm start` runs it: the whole house, its own Postgres that syncs, its own ports and directory. A message is safe when
 * the spool has flushed it (before the 250) and Postgres has registered it, so the clock of a case stops with the later of the two.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { workspaceRoot } from '../../build/workspace.ts';
import { ownerUrl } from '../../up/postgres';
import { freeLoopbackPort } from '../../up/ports';
import { cleanEnvironment } from '../../up/programs';
import { backedUpDomain, type Contestant, type Running, type Task } from '../contestant';
import type { Workplace } from '../workplace';

const safeWithinMs = 120_000;

export class HoldfastHouse implements Running {
  private lane = '';

  private constructor(
    readonly port: number,
    readonly httpPort: number,
    readonly dataDir: string,
    /** the owner's connection, which sees everything */
    readonly db: pg.Pool,
  ) {}

  /** Starts a house that ends with the room. */
  static async start(room: Workplace, { scanner }: Pick<Task, 'scanner'>, env: NodeJS.ProcessEnv = {}) {
    const dataDir = await room.makeFolder('data');
    const port = await freeLoopbackPort();
    const httpPort = await freeLoopbackPort();
    const child = room.start({
      name: 'holdfast',
      command: process.execPath,
      args: [join(workspaceRoot, 'tools/start.mjs')],
      cwd: workspaceRoot,
      env: {
        ...cleanEnvironment(process.env),
        HOLDFAST_DEMO: 'off',
        HOLDFAST_DATA_DIR: dataDir,
        HOLDFAST_HOSTNAME: 'mx.holdfast.test',
        HOLDFAST_SMTP_HOST: '127.0.0.1',
        HOLDFAST_SMTP_PORT: String(port),
        HOLDFAST_HTTP_PORT: String(httpPort),
        HOLDFAST_ALLOW_PRIVATE_PRIMARIES: 'on',
        // Nobody else is asked by name.
        HOLDFAST_DNS_SERVERS: `127.0.0.1:${await freeLoopbackPort()}`,
        ...(scanner ? { RSPAMD_URL: scanner.httpUrl } : { HOLDFAST_SCANNING: 'off' }),
        ...env,
      },
    });
    await child.untilReady(async () => (await fetch(`http://127.0.0.1:${httpPort}/health/ready`)).ok);
    const db = new pg.Pool({ connectionString: await urlOfOwner(dataDir), max: 2 });
    // Postgres goes with the house, and takes idle connections along.
    db.on('error', () => undefined);
    room.onEnd(() => db.end());
    return new HoldfastHouse(port, httpPort, dataDir, db);
  }

  /** The operator's own command. */
  async holdfast(...args: string[]): Promise<void> {
    await promisify(execFile)(process.execPath, [join(workspaceRoot, 'tools/holdfast.mjs'), ...args], {
      env: {
        ...cleanEnvironment(process.env),
        HOLDFAST_DATA_DIR: this.dataDir,
        HOLDFAST_HTTP_PORT: String(this.httpPort),
      },
    });
  }

  async addDomain(domain: string, primaryPort: number): Promise<void> {
    const tenant = `Tenant of ${domain}`;
    await this.holdfast('tenant', 'add', tenant);
    const primary = `127.0.0.1:${primaryPort}`;
    await this.holdfast('domain', 'add', domain, '--tenant', tenant, '--primary', primary, '--verified');
  }

  /** Looks often enough for the look to cost less than one message in a hundred, and only when the sender has finished. */
  async allSafe(count: number): Promise<void> {
    const deadline = Date.now() + safeWithinMs;
    for (;;) {
      const { rows } = await this.db.query<{ received: string }>(
        'select coalesce(sum(received), 0) as received from domain_counters',
      );
      const received = Number(rows[0]?.received);
      if (received >= count) return;
      if (Date.now() > deadline) throw new Error(`Only ${received} of ${count} messages are registered`);
      await pause(10);
    }
  }

  /** The lane is paused meanwhile; the sentinel sees the primary, and the outage is over, before anything moves. */
  async letPrimaryReturn(open: () => Promise<void>): Promise<void> {
    await this.until('a lane', async () => {
      const { items } = (await this.api('GET', '/lanes')) as { items: { name: string }[] };
      this.lane = items[0]?.name ?? '';
      return this.lane !== '';
    });
    await this.until('an outage', () => this.hasOutage());
    await this.api('PATCH', '/lanes', { lane: this.lane, paused: true });
    await open();
    await this.until('the end of the outage', async () => !(await this.hasOutage()));
  }

  private async hasOutage(): Promise<boolean> {
    const { rows } = await this.db.query('select from outages where ended_at is null limit 1');
    return rows.length > 0;
  }

  async deliverNow(): Promise<void> {
    await this.api('PATCH', '/lanes', { lane: this.lane, paused: false });
  }

  holdAgain(): Promise<void> {
    return Promise.resolve();
  }

  /** What the operator's command asks, without the start of a program. */
  async api(method: string, path: string, body?: object): Promise<unknown> {
    const key = (await readFile(join(this.dataDir, 'operator.key'), 'utf8')).trim();
    const answer = await fetch(`http://127.0.0.1:${this.httpPort}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!answer.ok) throw new Error(`${method} ${path} is answered with ${answer.status}`);
    return answer.json();
  }

  /** Process ids of a part, such as `relay`. */
  async pidOf(part: string): Promise<number> {
    return (JSON.parse(await readFile(join(this.dataDir, 'run', `${part}.json`), 'utf8')) as { pid: number })
      .pid;
  }

  private async until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + safeWithinMs;
    while (!(await isTrue())) {
      if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}`);
      await pause(200);
    }
  }
}

async function urlOfOwner(dataDir: string): Promise<string> {
  const postmaster = await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8');
  const password = await readFile(join(dataDir, 'keys/postgres'), 'utf8');
  // Line 4 is the port.
  return ownerUrl(Number(postmaster.split('\n')[3]), password.trim());
}

export const holdfast: Contestant = {
  name: 'holdfast',
  prepare: () => Promise.resolve(undefined),
  async start(room, task) {
    const house = await HoldfastHouse.start(room, task);
    await house.addDomain(backedUpDomain, task.primaryPort);
    return house;
  },
};
