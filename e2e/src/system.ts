/**
 * A whole house for one story: the real `npm start` without its demo, in a directory and on ports of its own, and the operator's
 * command to speak to it. Stories look at it from the street: SMTP, HTTP, the command, and the processes that they kill.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readyWithinMs = 90_000;

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

export class System {
  readonly events: Record<string, unknown>[] = [];
  private child: ChildProcess | undefined;
  private plainLines: string[] = [];

  private constructor(
    readonly dataDir: string,
    readonly smtpPort: number,
    readonly httpPort: number,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /**
   * Starts a house and waits until it says that it is ready.
   * @param files what lies in its data directory before
   */
  static async start(env: NodeJS.ProcessEnv = {}, files: Record<string, string> = {}): Promise<System> {
    const dataDir = await mkdtemp(join(tmpdir(), 'holdfast-e2e-'));
    // Postgres and rspamd run as users of their own and must be able to pass through.
    await chmod(dataDir, 0o755);
    for (const [name, text] of Object.entries(files)) await writeFile(join(dataDir, name), text);
    const [smtpPort = 0, httpPort = 0] = await Promise.all([freePort(), freePort()]);
    const system = new System(dataDir, smtpPort, httpPort, env);
    running.add(system);
    try {
      await system.launch();
    } catch (error) {
      await system.stop();
      throw error;
    }
    return system;
  }

  get url(): string {
    return `http://127.0.0.1:${this.httpPort}`;
  }

  async launch(): Promise<void> {
    const child = spawn(process.execPath, [join(root, 'tools/start.mjs')], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        HOLDFAST_DEMO: 'off',
        HOLDFAST_LOG: 'json',
        HOLDFAST_DATA_DIR: this.dataDir,
        HOLDFAST_HOSTNAME: 'mx.holdfast.test',
        HOLDFAST_SMTP_HOST: '127.0.0.1',
        HOLDFAST_SMTP_PORT: String(this.smtpPort),
        HOLDFAST_HTTP_PORT: String(this.httpPort),
        HOLDFAST_ALLOW_PRIVATE_PRIMARIES: 'on',
        ...this.env,
      },
    });
    this.child = child;
    const ready = new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`not ready in time\n${this.lastWords}`)), readyWithinMs);
      const end = (): void => {
        clearTimeout(late);
        reject(new Error(`npm start ended\n${this.lastWords}`));
      };
      child.once('exit', end);
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream as NodeJS.ReadableStream }).on('line', (line) => {
          const event = this.take(line);
          if (event?.['event'] !== 'ready' || event['part'] !== undefined) return;
          clearTimeout(late);
          child.off('exit', end);
          resolve();
        });
      }
    });
    await ready;
    await this.untilReady();
  }

  async operatorKey(): Promise<string> {
    return (await readFile(join(this.dataDir, 'operator.key'), 'utf8')).trim();
  }

  /** Runs the operator's command; rejects when it does not exit 0. */
  async holdfast(...args: string[]): Promise<CommandResult> {
    const result = await this.tryHoldfast(...args);
    if (result.code !== 0)
      throw new Error(`holdfast ${args.join(' ')} exited ${result.code}: ${result.stderr}`);
    return result;
  }

  async tryHoldfast(...args: string[]): Promise<CommandResult> {
    const env = {
      ...process.env,
      NODE_OPTIONS: '',
      HOLDFAST_DATA_DIR: this.dataDir,
      HOLDFAST_HTTP_PORT: String(this.httpPort),
    };
    try {
      const { stdout, stderr } = await promisify(execFile)(
        process.execPath,
        [join(root, 'tools/holdfast.mjs'), ...args],
        { cwd: root, env },
      );
      return { code: 0, stdout, stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, stdout, stderr };
    }
  }

  /** The same with `--json`, parsed. */
  async json<T>(...args: string[]): Promise<T> {
    return JSON.parse((await this.holdfast(...args, '--json')).stdout) as T;
  }

  /** A tenant with one domain whose primary is on loopback. */
  async addDomain(domain: string, primaryPort: number, more: { contact?: string } = {}): Promise<void> {
    const tenant = `Tenant of ${domain}`;
    await this.holdfast('tenant', 'add', tenant, ...(more.contact ? ['--contact', more.contact] : []));
    await this.holdfast(
      'domain',
      'add',
      domain,
      '--tenant',
      tenant,
      '--primary',
      `127.0.0.1:${primaryPort}`,
      '--verified',
    );
  }

  stats(domain: string): Promise<Record<string, number>> {
    return this.json('queue', 'stats', '--domain', domain);
  }

  /** Waits until the figures of a domain are as said; on the way it asks the real command again and again. */
  async untilStats(domain: string, wanted: Record<string, number>, withinMs = 60_000): Promise<void> {
    let seen: Record<string, number> = {};
    await until(`the queue of ${domain} to be ${JSON.stringify(wanted)}`, withinMs, async () => {
      seen = await this.stats(domain);
      return Object.entries(wanted).every(([state, count]) => seen[state] === count);
    }).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}; last seen ${JSON.stringify(seen)}\n${this.lastWords}`);
    });
  }

  /** Process ids of a part, such as `relay`; with `withChildren` also of the processes that it started. */
  pidsOf(part: string, withChildren = false): number[] {
    const runDir = join(this.dataDir, 'run');
    const pids = readdirSync(runDir)
      .filter((file) => file === `${part}.json` || new RegExp(`^${part}-\\d+\\.json$`).test(file))
      .map((file) => (JSON.parse(readFileSync(join(runDir, file), 'utf8')) as { pid: number }).pid);
    if (pids.length === 0) throw new Error(`No process of ${part} in ${runDir}`);
    return withChildren ? pids.flatMap((pid) => [pid, ...childrenOf(pid)]) : pids;
  }

  signal(part: string, signal: NodeJS.Signals, withChildren = false): void {
    for (const pid of this.pidsOf(part, withChildren)) process.kill(pid, signal);
  }

  /** kill -9 of a part, once it is there: it may be on its way back from the last time. */
  async kill(part: string): Promise<void> {
    await until(`a process of ${part}`, 30_000, async () => this.pidsOf(part).length > 0);
    this.signal(part, 'SIGKILL');
  }

  /** kill -9 of everything at once, as a power cut would. */
  async killEverything(): Promise<void> {
    const runDir = join(this.dataDir, 'run');
    const parts = readdirSync(runDir).flatMap((file) => {
      const { pid } = JSON.parse(readFileSync(join(runDir, file), 'utf8')) as { pid?: number };
      return pid === undefined ? [] : [pid, ...childrenOf(pid)];
    });
    const gone = new Promise((resolve) => this.child?.once('exit', resolve));
    for (const pid of [this.child?.pid, ...parts]) if (pid !== undefined) kill(pid, 'SIGKILL');
    await gone;
  }

  async untilReady(): Promise<void> {
    await until('/health/ready', 60_000, async () => (await fetch(`${this.url}/health/ready`)).ok);
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    }
    running.delete(this);
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /** What it said last, for the message of a failing story. */
  get lastWords(): string {
    const warnings = this.events.filter(({ level }) => level === 'error' || level === 'warn').slice(-15);
    return [...warnings.map((event) => JSON.stringify(event)), ...this.plainLines.slice(-10)].join('\n');
  }

  private take(line: string): Record<string, unknown> | undefined {
    try {
      const event = JSON.parse(line) as Record<string, unknown>;
      this.events.push(event);
      return event;
    } catch {
      this.plainLines.push(line);
      return undefined;
    }
  }
}

const running = new Set<System>();

// An interrupted run leaves nothing behind: the supervisor ends its parts when it is told to.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void Promise.allSettled([...running].map((system) => system.stop())).then(() => process.exit(1));
  });
}

/** Asks until it is true. @throws Error naming `what` after `withinMs` */
export async function until(what: string, withinMs: number, isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    if (await isTrue().catch(() => false)) return;
    if (Date.now() > deadline) throw new Error(`Waited ${withinMs} ms for ${what}`);
    await pause(100);
  }
}

function childrenOf(pid: number): number[] {
  let direct: number[];
  try {
    direct = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
  return direct.flatMap((child) => [child, ...childrenOf(child)]);
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself meanwhile.
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
