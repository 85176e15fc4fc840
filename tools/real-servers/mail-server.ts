/** A mail server that people run, as the primary of a story: real program, real configuration, own folder and port. */
import { type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, chmod } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** How it is disposed. Each is a matter of its own configuration, so the replies are what the program really says. */
export type Mood =
  | 'fine'
  /** not now, come again */
  | 'greylists'
  /** every mailbox is full */
  | 'mailbox-full'
  /** was installed anew: knows neither domain nor mailbox */
  | 'knows-nobody'
  /** takes seconds to answer RCPT */
  | 'slow';

export interface Certificate {
  /** PEM */
  key: string;
  cert: string;
}

export interface Settings {
  /** the domain whose mail it keeps */
  domain: string;
  port: number;
  host?: string;
  certificate?: Certificate | undefined;
  /** `host:port` of a second listener; Postfix only */
  alsoOn?: string;
}

/** What a kind of server must say of itself; see postfix.ts, exim.ts, opensmtpd.ts. */
export interface Kind {
  name: string;
  /** the process that talks to a client */
  session: string;
  moods: readonly Mood[];
  /** Writes its configuration and starts it in the foreground. */
  launch(directory: string, settings: Settings & { host: string }, mood: Mood): Promise<ChildProcess>;
}

const upWithinMs = 20_000;
const downWithinMs = 10_000;
const running = new Set<MailServer>();

export class MailServer {
  private child: ChildProcess | undefined;
  private words = '';

  private constructor(
    private readonly kind: Kind,
    private readonly settings: Settings,
    readonly directory: string,
  ) {}

  /** Makes its folder; it does not run yet. */
  static async prepare(kind: Kind, settings: Settings): Promise<MailServer> {
    const directory = await mkdtemp(join(tmpdir(), `holdfast-${kind.name}-`));
    // It gives up root for users of its own, who must be able to pass through.
    await chmod(directory, 0o755);
    return new MailServer(kind, settings, directory);
  }

  get host(): string {
    return this.settings.host ?? '127.0.0.1';
  }

  get port(): number {
    return this.settings.port;
  }

  /** Starts it, or starts it again in another mood. @throws with its own words when it does not come up */
  async up(mood: Mood = 'fine', certificate = this.settings.certificate): Promise<void> {
    await this.down();
    const settings = { ...this.settings, host: this.host, certificate };
    const child = await this.kind.launch(this.directory, settings, mood);
    this.child = child;
    running.add(this);
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.words = (this.words + chunk.toString()).slice(-8_000)));
    const until = Date.now() + upWithinMs;
    while (!(await this.greets())) {
      if (child.exitCode !== null || Date.now() > until)
        throw new Error(`${this.kind.name} did not come up: ${this.words}`);
      await pause(50);
    }
  }

  /** Ends it, and whatever it started. */
  async down(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const { child } = this;
    this.child = undefined;
    running.delete(this);
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    // A server may make process groups of its own, and its children may outlive it and hold its port.
    const family = [child.pid, ...(await descendants(child.pid))];
    end(family, signal);
    const late = setTimeout(() => end(family, 'SIGKILL'), 5_000);
    await gone;
    clearTimeout(late);
    end(family.slice(1), 'SIGKILL');
    const until = Date.now() + downWithinMs;
    while (await this.listens()) {
      if (Date.now() > until) throw new Error(`${this.kind.name} did not go down: ${this.words}`);
      await pause(20);
    }
  }

  /** kill -9 of the processes that talk to clients, in the middle of whatever they do; the server goes on. */
  async killSessions(): Promise<number> {
    const program = this.kind.session;
    const family = this.child?.pid === undefined ? [] : await descendants(this.child.pid);
    const names = await Promise.all(
      family.map((pid) => readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')),
    );
    const sessions = family.filter((_pid, n) => names[n]?.trim() === program);
    end(sessions, 'SIGKILL');
    return sessions.length;
  }

  /** What it has taken in, as it lies in the mailbox. */
  async mailbox(): Promise<string[]> {
    const folder = join(this.directory, 'mail/new');
    const files = await readdir(folder).catch(() => []);
    return Promise.all(files.map((file) => readFile(join(folder, file), 'latin1')));
  }

  get lastWords(): string {
    return this.words;
  }

  async close(): Promise<void> {
    await this.down();
    await rm(this.directory, { recursive: true, force: true });
  }

  private listens(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, this.host, () => (socket.destroy(), resolve(true)));
      socket.once('error', () => resolve(false));
    });
  }

  private greets(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, this.host);
      const end = (answer: boolean): void => {
        socket.destroy();
        resolve(answer);
      };
      socket.once('data', (chunk) => end(chunk.toString().startsWith('220')));
      socket.once('error', () => end(false));
      socket.once('close', () => end(false));
      socket.setTimeout(5_000, () => end(false));
    });
  }
}

// An interrupted run leaves nothing behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void Promise.allSettled([...running].map((server) => server.close())));

function end(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

async function descendants(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const children = text.trim().split(' ').filter(Boolean).map(Number);
  const further = await Promise.all(children.map((child) => descendants(child)));
  return [...children, ...further.flat()];
}
