/**
 * Many strangers at once, for as long as is said. What must hold, whatever they do: port 25 does not crash or hang, says no permanent
 * no but those that are written down, stays within its memory, and every 250 after DATA is in the spool, as it was sent, and in Postgres.
 */
import fc from 'fast-check';
import { play } from './play';
import { script, type Script } from './scripts';
import { openTarget, type Target } from './target';

export interface FuzzOptions {
  seconds: number;
  /** the first of the numbers that everything random follows from */
  seed: number;
  /** seeds that once failed: tried first */
  kept: readonly number[];
  /** ends it early, and leaves nothing behind all the same */
  signal?: AbortSignal;
}

export interface FuzzResult {
  conversations: number;
  taken: number;
  /** octets of anonymous memory at the highest */
  mostBytes: number;
  /** what went wrong, with the seed that shows it again */
  findings: string[];
}

const strangers = 8;
const conversationsOfSeed = 10;
const mostBytesAllowed = 250e6;
const shrinkForMs = 20_000;
const registeredWithinMs = 30_000;
const shownOctets = 2_000;

export async function fuzz({ seconds, seed, kept, signal }: FuzzOptions): Promise<FuzzResult> {
  const target = await openTarget();
  const run = new Run(target, Date.now() + seconds * 1000, [...kept], seed, signal);
  try {
    await Promise.all(Array.from({ length: strangers }, () => run.stranger()));
    await run.settle();
    return run.result;
  } finally {
    await target.close();
  }
}

class Run {
  private conversations = 0;
  private taken = 0;
  private readonly findings: string[] = [];
  /** taken, and not seen in Postgres so far */
  private pending: string[] = [];

  constructor(
    private readonly target: Target,
    private readonly until: number,
    private readonly kept: number[],
    private nextSeed: number,
    private readonly signal: AbortSignal | undefined,
  ) {}

  get result(): FuzzResult {
    const { conversations, taken, findings, target } = this;
    return { conversations, taken, findings, mostBytes: target.mostBytes };
  }

  async stranger(): Promise<void> {
    while (this.findings.length === 0 && !this.signal?.aborted) {
      const seed = this.kept.shift() ?? (Date.now() < this.until ? this.nextSeed++ : undefined);
      if (seed === undefined) return;
      await this.trySeed(seed);
    }
  }

  /** Waits until all that was taken is registered. */
  async settle(): Promise<void> {
    const deadline = Date.now() + registeredWithinMs;
    while (this.pending.length > 0 && Date.now() < deadline) await this.lookInPostgres();
    if (this.pending.length > 0 && this.findings.length === 0)
      this.findings.push(
        `taken and not registered within ${registeredWithinMs} ms: ${this.pending.join(' ')}`,
      );
  }

  private async trySeed(seed: number): Promise<void> {
    let failedAt: number | undefined;
    const property = fc.asyncProperty(script, fc.nat(0xfffffd), async (words, network) => {
      // Enough has been tried to make it smaller.
      if (failedAt !== undefined && Date.now() > failedAt + shrinkForMs) return;
      try {
        await this.playOne(words, network + 1);
      } catch (error) {
        failedAt ??= Date.now();
        throw error;
      }
    });
    const outcome = await fc.check(property, {
      seed,
      numRuns: conversationsOfSeed,
      includeErrorInReport: true,
    } as fc.Parameters<[Script, number]>);
    if (outcome.failed)
      this.findings.push(
        `--seed ${seed}: ${String((outcome.errorInstance as Error | null)?.message)}\n${shown(outcome.counterexample?.[0])}`,
      );
    if (this.pending.length > 500) await this.lookInPostgres();
  }

  private async playOne(words: Script, network: number): Promise<void> {
    // From many networks, so that the limits of one do not end everything.
    const address = `127.${network >> 16}.${(network >> 8) & 255}.${network & 255 || 1}`;
    const { taken } = await play(this.target, words, address);
    this.conversations++;
    this.taken += taken.length;
    this.pending.push(...taken);
    if (this.target.mostBytes > mostBytesAllowed)
      throw new Error(`${Math.round(this.target.mostBytes / 1e6)} MB of anonymous memory`);
  }

  /** What Postgres has by now leaves the spool, or ten minutes would fill the disk. */
  private async lookInPostgres(): Promise<void> {
    const asked = this.pending;
    this.pending = [];
    const { rows } = await this.target.db.query<{ id: string }>(
      'select id from messages where id = any($1)',
      [asked],
    );
    const there = new Set(rows.map(({ id }) => id));
    const marked = new Set(this.target.spool.unregistered({ limit: 100_000 }));
    await this.target.spool.remove([...there].filter((id) => !marked.has(id)));
    this.pending.push(...asked.filter((id) => !there.has(id) || marked.has(id)));
    if (this.pending.length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A script for people: what is repeated many times is said once. */
function shown(words: Script | undefined): string {
  const text = JSON.stringify(words) ?? '';
  return text
    .replace(/(.{1,60}?)\1{9,}/g, (whole, one: string) => `${one}{${whole.length / one.length} times}`)
    .slice(0, shownOctets);
}
