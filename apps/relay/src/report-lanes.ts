/**
 * Takes reports to the mail servers of their readers, which DNS names (MX, RFC 5321 section 5.1).
 *
 * Nobody probes the servers of strangers, so what cannot be reached is deferred by the retry schedule like what says "later". One
 * conversation to a destination at a time, a few destinations at once: reports are rare, and nobody shall feel them. Private addresses
 * and ourselves are refused by the same finder that primaries have.
 */
import type { Clock, Log } from '@holdfast/daemon';
import type { Primary } from '@holdfast/directory';
import { claimDue, dueDestinations, retryAfterSeconds, type ClaimedDelivery } from '@holdfast/queue';
import type pg from 'pg';
import { deliver, type DeliverParts } from './deliver';
import type { Settler } from './settler';
import type { Ways } from './ways';

export interface ReportLanesParts extends DeliverParts {
  pool: pg.Pool;
  ways: Pick<Ways, 'open' | 'countFor'>;
  settler: Settler;
  node: string;
  worker: string;
  log: Log;
  clock: Clock;
  /** where mail servers listen: 25, but not on a developer's machine */
  mxPort: number;
}

const lookEveryMs = 5_000;
const mostAtOnce = 5;
const mostOfOne = 50;
const leaseSeconds = 900;

export class ReportLanes {
  private cancel: () => void = () => undefined;
  private isEnding = false;
  private running: Promise<void> | undefined;

  constructor(private readonly parts: ReportLanesParts) {}

  start(): void {
    this.cancel = this.parts.clock.after(lookEveryMs, () => void this.look());
  }

  /** Something may be due. */
  look(): Promise<void> {
    this.running ??= this.round()
      .catch((error: unknown) => this.parts.log('failed', { while: 'sending reports', error }))
      .finally(() => {
        this.running = undefined;
        this.cancel();
        if (!this.isEnding) this.start();
      });
    return this.running;
  }

  async end(): Promise<void> {
    this.isEnding = true;
    this.cancel();
    await this.running;
  }

  private async round(): Promise<void> {
    const { pool, node, clock } = this.parts;
    const due = await dueDestinations(pool, node, clock.forPostgres());
    const takeTurns = async (): Promise<void> => {
      for (let next = due.shift(); next && !this.isEnding; next = due.shift()) await this.serve(next);
    };
    await Promise.all(Array.from({ length: mostAtOnce }, takeTurns));
  }

  private async serve({ domainId, name }: { domainId: string; name: string }): Promise<void> {
    const { pool, node, worker, clock, settler, ways, log } = this.parts;
    const asOf = clock.forPostgres();
    const claimed = await claimDue(pool, { domainId, node, worker, limit: mostOfOne, leaseSeconds, asOf });
    if (claimed.length === 0) return;
    const waiting = [...claimed];
    try {
      const conversation = await ways.open([placeOf(name, this.parts.mxPort)], []);
      try {
        while (waiting.length > 0 && conversation.isUsable && !this.isEnding) {
          const [first] = waiting as [ClaimedDelivery, ...ClaimedDelivery[]];
          const outcomes = await deliver(this.parts, [first], conversation);
          settler.add(outcomes);
          waiting.shift();
        }
      } finally {
        conversation.quit();
      }
      settler.add(
        waiting.map(({ id }) => ({ deliveryId: id, domainId, kind: 'given-back', retryAfterSeconds: 60 })),
      );
    } catch (error) {
      const reply = (error as Error).message;
      log('deferred', { destination: name, deliveries: waiting.length, reply });
      settler.add(
        waiting.map(({ id, attempts }) => ({
          deliveryId: id,
          domainId,
          kind: 'deferred',
          reply,
          with: name,
          retryAfterSeconds: retryAfterSeconds(attempts + 1),
        })),
      );
    }
  }
}

const placeOf = (host: string, port: number): Primary => ({
  host,
  port,
  tlsPolicy: 'opportunistic',
  preference: 0,
  byMx: true,
});
