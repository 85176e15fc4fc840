import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findProgram } from '../up/find-program';

export interface ChildPlan {
  name: string;
  command: string;
  args: string[];
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  stopSignal?: NodeJS.Signals;
}

/** The politest stop that is waited for: Holdfast's relay may finish the message in its hands. */
const stopWithinMs = 40_000;
const startWithinMs = 120_000;
/** Whatever takes longer has got stuck. */
const doneWithinMs = 1_200_000;

/**
 * One process that a run started. It writes into a file, so that nobody's measurement pays for our reading; it has a session of its
 * own, because Ctrl-C reaches the whole foreground group and we end things in order; and the kernel ends it should we be killed.
 */
export class Child {
  /** resolves with the way in which it ended */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  private readonly process: ChildProcess;
  private readonly logFile: string;
  private hasEnded = false;

  constructor(
    private readonly plan: ChildPlan,
    folder: string,
  ) {
    this.logFile = join(folder, `${plan.name}.out`);
    const out = openSync(this.logFile, 'a');
    const { command, args } = withDeathSignal(plan);
    this.process = spawn(command, args, {
      cwd: plan.cwd ?? folder,
      env: plan.env ?? process.env,
      detached: true,
      stdio: ['ignore', out, out],
    });
    closeSync(out);
    this.ended = new Promise((resolve, reject) => {
      this.process.once('error', reject);
      this.process.once('exit', (code, signal) => {
        this.hasEnded = true;
        resolve({ code, signal });
      });
    });
    // Whoever waits for the end hears of it; nobody need.
    this.ended.catch(() => undefined);
  }

  get pid(): number {
    return this.process.pid ?? -1;
  }

  get isRunning(): boolean {
    return !this.hasEnded;
  }

  /** What it wrote last. */
  get lastWords(): string {
    return readFileSync(this.logFile, 'utf8').trim().split('\n').slice(-12).join('\n');
  }

  get said(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  /** Asks again and again until it is there. @throws Error when it ends before */
  async untilReady(isReady: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + startWithinMs;
    while (!(await isReady().catch(() => false))) {
      if (this.hasEnded) throw new Error(`${this.plan.name} has ended:\n${this.lastWords}`);
      if (Date.now() > deadline) throw new Error(`${this.plan.name} does not start:\n${this.lastWords}`);
      await pause(20);
    }
  }

  /** Waits for its end. @throws Error with its last words when it was not a good one */
  async done(): Promise<void> {
    const late = setTimeout(() => this.kill(), doneWithinMs);
    const { code, signal } = await this.ended;
    clearTimeout(late);
    if (code !== 0) throw new Error(`${this.plan.name} ended with ${signal ?? code}:\n${this.lastWords}`);
  }

  async stop(): Promise<void> {
    if (this.hasEnded) return;
    this.process.kill(this.plan.stopSignal ?? 'SIGTERM');
    const late = setTimeout(() => this.kill(), stopWithinMs);
    await this.ended.catch(() => undefined);
    clearTimeout(late);
  }

  /** The whole group: it is a group of its own. */
  private kill(): void {
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

function withDeathSignal({ command, args }: ChildPlan): { command: string; args: string[] } {
  const setpriv = findProgram('setpriv');
  return setpriv
    ? { command: setpriv, args: ['--pdeathsig', 'TERM', '--', command, ...args] }
    : { command, args };
}
