import type { Clock, Log } from '@holdfast/daemon';
import { channels, settle, type Outcome, type Queryable } from '@holdfast/queue';
import type { Spool } from '@holdfast/spool';
import type { Journal, JournalEntry } from './journal';

/** An outcome, with the domain that it moves. */
export type DomainOutcome = Outcome & { domainId: string | undefined };

// One statement for many outcomes: the commit is what costs. A short wait gathers what several connections bring.
const gatherMs = 10;
const mostInOneBatch = 500;
const firstRetryMs = 250;
const longestRetryMs = 5_000;
/** More than this waiting for Postgres, and nothing new is claimed: what we know must fit into what we can lose by a crash. */
const mostWaiting = 5_000;
const tellEveryMs = 250;

/** Writes outcomes to Postgres in batches, keeps them while it is away, and lets bodies go that nobody needs any more. */
export class Settler {
  private waiting: DomainOutcome[] = [];
  private timer: NodeJS.Timeout | undefined;
  private isWriting = false;
  private retryMs = firstRetryMs;
  private moved = new Set<string>();
  private tellTimer: NodeJS.Timeout | undefined;
  private idle: (() => void)[] = [];
  /** outcomes so far that were added, and that Postgres has */
  private added = 0;
  private written = 0;
  private watchers: { until: number; wake: () => void }[] = [];

  constructor(
    private readonly db: Queryable,
    private readonly worker: string,
    private readonly spool: Pick<Spool, 'remove'>,
    private readonly journal: Journal,
    private readonly log: Log,
    private readonly clock: Pick<Clock, 'forPostgres'>,
  ) {}

  get backlog(): number {
    return this.waiting.length;
  }

  get hasRoom(): boolean {
    return this.waiting.length < mostWaiting;
  }

  /** Takes outcomes over. A 250 is in the journal when this returns. */
  add(outcomes: DomainOutcome[]): void {
    this.journal.keep(
      outcomes.flatMap((outcome) =>
        outcome.kind === 'delivered'
          ? [{ deliveryId: outcome.deliveryId, reply: outcome.reply, with: outcome.with }]
          : [],
      ),
    );
    this.waiting.push(...outcomes);
    this.added += outcomes.length;
    if (this.waiting.length >= mostInOneBatch) void this.write();
    else this.timer ??= setTimeout(() => void this.write(), gatherMs);
  }

  /** Takes over what the journal kept of a predecessor. */
  resume(left: JournalEntry[]): void {
    this.waiting.push(
      ...left.map((entry) => ({ ...entry, kind: 'delivered' as const, domainId: undefined })),
    );
    this.added += left.length;
    if (left.length > 0) void this.write();
  }

  /** Resolves when what was added until now is in Postgres, whatever comes after it. */
  async caughtUp(): Promise<void> {
    if (this.written === this.added) return;
    await new Promise<void>((wake) => this.watchers.push({ until: this.added, wake }));
  }

  /** Resolves when everything that was added is in Postgres. */
  async drained(): Promise<void> {
    if (this.waiting.length === 0 && !this.isWriting) return;
    await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private async write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.isWriting) return;
    this.isWriting = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting.slice(0, mostInOneBatch);
      try {
        // Postgres first, then the body: the other way round a crash would leave a promise without its message.
        const bodies = await settle(this.db, batch, this.worker, this.clock.forPostgres());
        this.waiting.splice(0, batch.length);
        this.written += batch.length;
        while (this.watchers[0] && this.watchers[0].until <= this.written) this.watchers.shift()?.wake();
        this.journal.settled(batch.filter(({ kind }) => kind === 'delivered').length);
        this.retryMs = firstRetryMs;
        for (const { domainId } of batch) if (domainId) this.moved.add(domainId);
        this.tellSoon();
        if (bodies.length > 0) await this.spool.remove(bodies);
      } catch (error) {
        this.log('settle-failed', { waiting: this.waiting.length, error });
        await new Promise((resolve) => setTimeout(resolve, this.retryMs));
        this.retryMs = Math.min(this.retryMs * 2, longestRetryMs);
      }
    }
    this.isWriting = false;
    for (const wake of this.idle.splice(0)) wake();
  }

  /** Whoever looks at a queue wants to see it move, not every move. */
  private tellSoon(): void {
    this.tellTimer ??= setTimeout(() => {
      this.tellTimer = undefined;
      const domains = [...this.moved].slice(0, 150);
      this.moved.clear();
      // A hint; the next one comes soon.
      this.db
        .query(`select pg_notify($1, $2)`, [channels.settled, JSON.stringify({ domains })])
        .catch(() => undefined);
    }, tellEveryMs);
  }
}
