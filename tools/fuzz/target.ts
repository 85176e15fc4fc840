/** What is fuzzed: the program of port 25 as it is built, in a process of its own, with a real Postgres and a real rspamd. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { throwAwayDatabase } from '@holdfast/database/testing';
import { startClamav, startRspamd } from '@holdfast/rspamd-client/testing';
import { openSpool, type Spool } from '@holdfast/spool';
import pg from 'pg';
import { bundle } from '../build/bundle';
import { isStale } from '../build/stale';
import { workspaceRoot } from '../build/workspace';
import { startSpecCluster } from '../checks/spec-cluster';

export interface Target {
  port: number;
  spool: Spool;
  db: pg.Client;
  /** what port 25 logged that it should not have to */
  readonly failures: string[];
  /** anonymous memory at its highest, in octets: Linux only, elsewhere 0 */
  readonly mostBytes: number;
  /** throws when the program has ended */
  check(): void;
  close(): Promise<void>;
}

export const mostMessageBytes = 300_000;
const readyWithinMs = 60_000;

const tenants = `
  insert into tenants (name, max_message_bytes) values ('one', null), ('two', null), ('small', 10000);
  insert into domains (tenant_id, name, state, recipient_policy)
    select t.id, d.name, d.state, d.policy from (values
      ('one', 'open.test', 'active', 'any'), ('one', 'listed.test', 'active', 'list'), ('two', 'other.test', 'active', 'any'),
      ('two', 'xn--bcher-kva.test', 'active', 'any'), ('small', 'small.test', 'active', 'any'),
      ('one', 'resting.test', 'suspended', 'any')
    ) as d (tenant, name, state, policy) join tenants t on t.name = d.tenant;
  insert into recipients (tenant_id, domain_id, local_part) select tenant_id, id, 'bob' from domains where name = 'listed.test'`;

export interface Surroundings {
  /** settings of port 25 beside, or in place of, the usual ones */
  env?: NodeJS.ProcessEnv;
  hasClamav?: boolean;
}

/** Starts it. What was started is ended by `close`, and by a failure on the way. */
export async function openTarget({ env = {}, hasClamav = false }: Surroundings = {}): Promise<Target> {
  const ends: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    if (!process.env['HOLDFAST_TEST_POSTGRES_URL']) {
      const cluster = await startSpecCluster();
      process.env['HOLDFAST_TEST_POSTGRES_URL'] = cluster.url;
      ends.push(async () => {
        delete process.env['HOLDFAST_TEST_POSTGRES_URL'];
        await cluster.stop();
      });
    }
    const database = await throwAwayDatabase();
    ends.push(() => database.drop());
    const db = new pg.Client({ connectionString: database.url });
    await db.connect();
    ends.push(() => db.end());
    await db.query(tenants);
    const clamav = hasClamav ? await startClamav() : undefined;
    if (clamav) ends.push(() => clamav.stop());
    const rspamd = await startRspamd({
      configFolder: join(workspaceRoot, 'docker/rspamd'),
      ...(clamav ? { clamavPort: clamav.port } : {}),
    });
    ends.push(() => rspamd.stop());
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-fuzz-'));
    ends.push(() => rm(folder, { recursive: true, force: true }));
    if (await isStale('apps/smtp-ingress')) await bundle('apps/smtp-ingress');
    const program = new Program({
      DATABASE_URL: database.urlAs('ingress'),
      HOLDFAST_DATA_DIR: folder,
      HOLDFAST_HOSTNAME: 'mx.holdfast.test',
      HOLDFAST_SMTP_HOST: '127.0.0.1',
      HOLDFAST_SMTP_PORT: '0',
      RSPAMD_URL: rspamd.url,
      HOLDFAST_MAX_MESSAGE_BYTES: String(mostMessageBytes),
      HOLDFAST_MIN_FREE_BYTES: '0',
      HOLDFAST_IDLE_SECONDS: '10',
      NODE_ENV: 'production',
      ...env,
    });
    ends.push(() => program.stop());
    const port = await program.ready();
    const spool = openSpool({ directory: join(folder, 'spool') });
    ends.push(() => spool.close());
    return {
      port,
      spool,
      db,
      failures: program.failures,
      get mostBytes() {
        return program.mostBytes;
      },
      check: () => program.check(),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Events that no conversation, however hostile, may bring about. */
const isBad = (event: Record<string, unknown>): boolean =>
  ['put-failed', 'failed', 'register-failed', 'found-damaged'].includes(String(event['event'])) ||
  (event['event'] === 'session-failed' && event['step'] !== undefined);

class Program {
  readonly failures: string[] = [];
  mostBytes = 0;
  private readonly child: ChildProcess;
  private readonly gone: Promise<void>;
  private readonly started: Promise<number>;
  private readonly watching: NodeJS.Timeout;
  private lastWords: string[] = [];
  private isStopping = false;

  constructor(env: NodeJS.ProcessEnv) {
    const { PATH, HOME, TMPDIR } = process.env;
    this.child = spawn(
      process.execPath,
      ['--enable-source-maps', join(workspaceRoot, 'dist/apps/smtp-ingress/main.js')],
      // A group of its own: Ctrl-C is for us, who stop it in turn. When we are killed, its channel closes and it goes too.
      { env: { PATH, HOME, TMPDIR, ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true },
    );
    this.gone = new Promise((resolve) => this.child.once('exit', () => resolve()));
    this.started = new Promise((resolve) => {
      for (const stream of [this.child.stdout, this.child.stderr])
        createInterface({ input: stream as NodeJS.ReadableStream }).on('line', (line) => {
          const event = this.take(line);
          if (event?.['event'] === 'started') resolve(Number(event['port']));
        });
    });
    this.watching = setInterval(() => this.measure(), 200).unref();
  }

  async ready(): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(this.sentence('is not ready in time'))), readyWithinMs);
    });
    const ended = this.gone.then(() => Promise.reject(new Error(this.sentence('did not start'))));
    ended.catch(() => undefined);
    return Promise.race([this.started, late, ended]).finally(() => clearTimeout(timer));
  }

  check(): void {
    const { exitCode, signalCode } = this.child;
    if (!this.isStopping && (exitCode !== null || signalCode !== null))
      throw new Error(this.sentence(`ended with ${signalCode ?? exitCode}`));
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.watching);
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 20_000);
    await this.gone;
    clearTimeout(timer);
  }

  private sentence(what: string): string {
    return `port 25 ${what}:\n${this.lastWords.join('\n')}`;
  }

  private take(line: string): Record<string, unknown> | undefined {
    this.lastWords = [...this.lastWords.slice(-9), line];
    try {
      const event = JSON.parse(line) as Record<string, unknown>;
      if (isBad(event)) this.failures.push(line);
      return event;
    } catch {
      return undefined;
    }
  }

  private measure(): void {
    try {
      const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
      const kiB = Number(/^RssAnon:\s+(\d+)/m.exec(status)?.[1] ?? 0);
      this.mostBytes = Math.max(this.mostBytes, kiB * 1024);
    } catch {
      // Not Linux, or it has just ended: `check` says so.
    }
  }
}
