/**
 * One process under the supervisor's care: started, known to be ready, started again when it dies, stopped. It gets a session of
 * its own, because Ctrl-C in a terminal reaches every process of the foreground group at once, and Postgres must not leave
 * before the relay has settled.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { CannotStart } from './cannot-start';
import { forgetProcess, noteProcess, type StopSignal } from './claim';
import type { Output } from './output';

export interface PartPlan {
  name: string;
  command: string;
  args: string[];
  uid?: number;
  gid?: number;
  cwd?: string;
  env: NodeJS.ProcessEnv;
  /** `message`: it says so over IPC; else a question asked until it says yes */
  ready: 'message' | (() => Promise<boolean>);
  stopSignal: StopSignal;
  /** after this it is ended without asking */
  stopWithinMs: number;
  /** how serious a line is that is not JSON */
  plainLevel?: (line: string) => 'debug' | 'info' | 'warn' | 'error';
}

const firstBackOffMs = 250;
const longestBackOffMs = 15_000;
/** Whoever ran this long had recovered: the next death is a new story. */
const wellAfterMs = 30_000;
/** A crash recovery of Postgres may take minutes; a program of ours that says nothing for this long never will. */
const readyWithinMs = 120_000;
const attemptsAtStart = 3;

export class Part {
  private child: ChildProcess | undefined;
  private isStopping = false;
  private deaths = 0;
  private lastWords: string[] = [];
  /** kept until it is on disk: a part that serves must be one that a later start can find */
  private noted: Promise<void> = Promise.resolve();
  private running: Promise<void> = Promise.resolve();
  private interruptBackOff = new AbortController();

  /** The ready message, as the program sent it. */
  readyMessage: Record<string, unknown> = {};

  constructor(
    private readonly plan: PartPlan,
    private readonly output: Output,
    private readonly runDir: string,
  ) {}

  get name(): string {
    return this.plan.name;
  }

  /**
   * Starts it and waits until it is ready; from then on it is kept alive until `stop`.
   * @param goOnWithout return although it did not come up, and keep trying
   * @throws CannotStart when it died several times before it was ready
   */
  async start(goOnWithout = false): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      if (this.isStopping) throw new CannotStart('Stopped while starting.');
      const ended = this.launch();
      const isReady = await this.waitUntilReady(ended);
      await this.noted;
      if (this.isStopping) throw new CannotStart('Stopped while starting.');
      if (isReady) {
        this.running = this.keepAlive(ended);
        return;
      }
      if (attempt === attemptsAtStart && goOnWithout) {
        this.child?.kill('SIGKILL');
        this.running = this.keepAlive(ended);
        return;
      }
      if (attempt === attemptsAtStart) {
        this.isStopping = true;
        this.child?.kill('SIGKILL');
        await ended;
        throw new CannotStart(
          `${this.name} does not start: ${this.lastWords.slice(-3).join(' ').trim() || 'it says nothing'}`,
        );
      }
      this.child?.kill('SIGKILL');
      await ended;
      await this.backOff();
    }
  }

  /** Stops it for good; returns when it is gone. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.interruptBackOff.abort();
    this.child?.kill(this.plan.stopSignal);
    const timers = [
      setTimeout(() => this.endNow(), this.plan.stopWithinMs),
      setTimeout(() => this.child?.kill('SIGKILL'), this.plan.stopWithinMs + 5_000),
    ];
    await this.running;
    await this.gone();
    timers.forEach((timer) => clearTimeout(timer));
  }

  /** No more patience. Postgres takes SIGQUIT for this, and its children with it. */
  endNow(): void {
    this.isStopping = true;
    this.interruptBackOff.abort();
    this.child?.kill(this.plan.stopSignal === 'SIGINT' ? 'SIGQUIT' : 'SIGKILL');
  }

  private gone(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => child.once('exit', () => resolve()));
  }

  /** @returns a promise for its end, with the sentence that tells how */
  private launch(): Promise<string> {
    const { command, args, uid, gid, cwd, env, ready, name, stopSignal } = this.plan;
    this.lastWords = [];
    const child = spawn(command, args, {
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
      ...(cwd === undefined ? {} : { cwd }),
      env,
      detached: true,
      stdio: ready === 'message' ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    const level = this.plan.plainLevel ?? (() => 'info' as const);
    if (child.stdout) this.output.follow(name, child.stdout, level);
    if (child.stderr) {
      child.stderr.on('data', (chunk: Buffer | string) => {
        this.lastWords = [...this.lastWords, ...chunk.toString().split('\n')]
          .filter((line) => line.trim() !== '')
          .slice(-6);
      });
      this.output.follow(name, child.stderr, this.plan.plainLevel ?? (() => 'warn' as const));
    }
    if (child.pid !== undefined) this.noted = noteProcess(this.runDir, name, child.pid, stopSignal);
    return new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) =>
        resolve(signal ? `ended by ${signal}` : `ended with code ${code}`),
      );
    }).then(async (how) => {
      await this.noted;
      await forgetProcess(this.runDir, name);
      return how as string;
    });
  }

  private async waitUntilReady(ended: Promise<string>): Promise<boolean> {
    const { ready } = this.plan;
    const giveUp = new AbortController();
    const readiness =
      ready === 'message'
        ? new Promise<boolean>((resolve) => {
            this.child?.on('message', (message: Record<string, unknown>) => {
              if (message['type'] !== 'ready') return;
              this.readyMessage = message;
              resolve(true);
            });
          })
        : (async () => {
            while (!giveUp.signal.aborted) {
              if (await ready().catch(() => false)) return true;
              await pause(40);
            }
            return false;
          })();
    const late = pause(readyWithinMs, false, { signal: giveUp.signal }).catch(() => false);
    const result = await Promise.race([
      readiness,
      late,
      ended.then((how) => {
        this.lastWords.push(`(${how})`);
        return false;
      }),
    ]);
    giveUp.abort();
    return result;
  }

  private async keepAlive(ended: Promise<string>): Promise<void> {
    let since = Date.now();
    for (;;) {
      const how = await ended;
      if (this.isStopping) return;
      if (Date.now() - since > wellAfterMs) this.deaths = 0;
      this.output.say('error', 'failed', { part: this.name, how, restartInMs: this.nextBackOffMs() });
      await this.backOff();
      if (this.isStopping) return;
      since = Date.now();
      ended = this.launch();
      void this.waitUntilReady(ended).then((isReady) => {
        if (isReady) this.output.say('info', 'started', { part: this.name, again: true });
      });
    }
  }

  private nextBackOffMs(): number {
    return Math.min(firstBackOffMs * 2 ** this.deaths, longestBackOffMs);
  }

  private async backOff(): Promise<void> {
    const ms = this.nextBackOffMs();
    this.deaths++;
    await pause(ms, undefined, { signal: this.interruptBackOff.signal }).catch(() => undefined);
  }
}
