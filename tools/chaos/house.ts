/** The house that is hurt: the real `npm start` without its demo, in a folder of its own, with what kills it and what looks into it. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openSpool, type Spool } from '@holdfast/spool';
import pg from 'pg';
import type { Child } from '../bench/child';
import type { Workplace } from '../bench/workplace';
import { workspaceRoot } from '../build/workspace.ts';
import { freeLoopbackPort } from '../up/ports';
import { ownerUrl } from '../up/postgres';
import { cleanEnvironment } from '../up/programs';

const run = promisify(execFile);
const partWithinMs = 60_000;

interface HouseSettings {
  HOLDFAST_DATA_DIR: string;
  HOLDFAST_SMTP_PORT: string;
  HOLDFAST_HTTP_PORT: string;
}

export class House {
  readonly spool: Spool;
  private database: pg.Pool;

  private constructor(
    private readonly room: Workplace,
    private readonly env: NodeJS.ProcessEnv & HouseSettings,
    private child: Child,
  ) {
    this.database = openDatabase(this.dataDir);
    this.spool = openSpool({ directory: join(this.dataDir, 'spool') });
    room.onEnd(async () => {
      await this.database.end();
      await this.spool.close();
    });
  }

  /** Starts one that ends with the room. */
  static async start(room: Workplace): Promise<House> {
    const env = {
      ...cleanEnvironment(process.env),
      NODE_OPTIONS: '',
      HOLDFAST_DEMO: 'off',
      HOLDFAST_LOG: 'json',
      HOLDFAST_SCANNING: 'off',
      HOLDFAST_INGRESS_WORKERS: '2',
      HOLDFAST_RELAY_WORKERS: '2',
      HOLDFAST_DATA_DIR: await room.makeFolder('data'),
      HOLDFAST_HOSTNAME: 'mx.holdfast.test',
      HOLDFAST_SMTP_HOST: '127.0.0.1',
      HOLDFAST_SMTP_PORT: String(await freeLoopbackPort()),
      HOLDFAST_HTTP_PORT: String(await freeLoopbackPort()),
      HOLDFAST_ALLOW_PRIVATE_PRIMARIES: 'on',
      // Nobody else is asked by name.
      HOLDFAST_DNS_SERVERS: `127.0.0.1:${await freeLoopbackPort()}`,
    };
    return new House(room, env, await launch(room, env));
  }

  get smtpPort(): number {
    return Number(this.env.HOLDFAST_SMTP_PORT);
  }

  /** Sees everything of every tenant. Postgres may be away: ask in vain, and again. */
  get db(): pg.Pool {
    return this.database;
  }

  get lastWords(): string {
    return this.child.lastWords;
  }

  async addDomain(name: string, primaryPort: number): Promise<void> {
    const tenant = `Tenant of ${name}`;
    await this.holdfast('tenant', 'add', tenant);
    const primary = `127.0.0.1:${primaryPort}`;
    await this.holdfast('domain', 'add', name, '--tenant', tenant, '--primary', primary, '--verified');
  }

  /** What `holdfast queue retry DELIVERY...` asks, without the start of a program. */
  async retry(deliveries: string[]): Promise<void> {
    const key = (await readFile(join(this.dataDir, 'operator.key'), 'utf8')).trim();
    await fetch(`http://127.0.0.1:${this.env.HOLDFAST_HTTP_PORT}/api/v1/deliveries/actions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ action: 'retry', deliveries }),
    });
  }

  /** The number of the relay that sends at this moment; undefined: none does. */
  async busyRelay(): Promise<number | undefined> {
    const { rows } = await this.database.query<{ worker: string }>(
      `select claimed_by as worker from deliveries where state = 'sending' limit 1`,
    );
    const number = /relay-(\d+)$/.exec(rows[0]?.worker ?? '')?.[1];
    return number === undefined ? undefined : Number(number);
  }

  /** kill -9 of every process of a part, such as `relay`, or of the one with this number. */
  async kill(part: string, number?: number): Promise<void> {
    await until(partWithinMs, () => this.pidsOf(part).length > 0, 5);
    const one = number === undefined ? [] : this.pidsOf(`${part}-${number}`);
    for (const pid of one.length > 0 ? one : this.pidsOf(part)) kill(pid);
  }

  /** kill -9 of everything at once, as a power cut would; and the house is started again. */
  async killEverything(): Promise<void> {
    const parts = this.runFiles().flatMap(({ pid }) => (pid === undefined ? [] : [pid, ...childrenOf(pid)]));
    for (const pid of [this.child.pid, ...parts]) kill(pid);
    await this.child.ended;
    await this.database.end();
    this.child = await launch(this.room, this.env);
    this.database = openDatabase(this.dataDir);
  }

  private pidsOf(part: string): number[] {
    return this.runFiles()
      .filter(({ file }) => file === `${part}.json` || new RegExp(`^${part}-\\d+\\.json$`).test(file))
      .flatMap(({ pid }) => pid ?? []);
  }

  private runFiles(): { file: string; pid?: number }[] {
    const folder = join(this.dataDir, 'run');
    return readdirSync(folder).flatMap((file) => {
      try {
        return [{ file, pid: (JSON.parse(readFileSync(join(folder, file), 'utf8')) as { pid: number }).pid }];
      } catch {
        // Written or taken away at this moment.
        return [];
      }
    });
  }

  /** The operator's own command. */
  private async holdfast(...args: string[]): Promise<void> {
    await run(process.execPath, [join(workspaceRoot, 'tools/holdfast.mjs'), ...args], { env: this.env });
  }

  private get dataDir(): string {
    return this.env.HOLDFAST_DATA_DIR;
  }
}

async function launch(room: Workplace, env: NodeJS.ProcessEnv & HouseSettings): Promise<Child> {
  const args = [join(workspaceRoot, 'tools/start.mjs')];
  const child = room.start({ name: 'holdfast', command: process.execPath, args, cwd: workspaceRoot, env });
  await child.untilReady(
    async () => (await fetch(`http://127.0.0.1:${env.HOLDFAST_HTTP_PORT}/health/ready`)).ok,
  );
  return child;
}

function openDatabase(dataDir: string): pg.Pool {
  const postmaster = readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8');
  const password = readFileSync(join(dataDir, 'keys/postgres'), 'utf8');
  // Line 4 is the port.
  const connectionString = ownerUrl(Number(postmaster.split('\n')[3]), password.trim());
  const pool = new pg.Pool({
    connectionString,
    max: 2,
    connectionTimeoutMillis: 5_000,
    query_timeout: 20_000,
  });
  // Postgres is killed, and takes idle connections along.
  pool.on('error', () => undefined);
  return pool;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}

function childrenOf(pid: number): number[] {
  try {
    const direct = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean);
    return direct.map(Number).flatMap((child) => [child, ...childrenOf(child)]);
  } catch {
    return [];
  }
}

/** Asks until it is true; what fails counts as no. @returns whether it became true in time */
export async function until(
  withinMs: number,
  isTrue: () => boolean | Promise<boolean>,
  everyMs = 50,
): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    if (await Promise.resolve(isTrue()).catch(() => false)) return true;
    if (Date.now() > deadline) return false;
    await pause(everyMs);
  }
}
