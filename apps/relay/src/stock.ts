/**
 * What a lane has at hand: deliveries that are claimed and wait for a connection, and the domains of which more may be due. Claims
 * when little is left, one domain after the other, and gives back what cannot go.
 */
import type { Log } from '@holdfast/daemon';
import type { ClaimedDelivery } from '@holdfast/queue';
import type { RefusalWaves } from './refusal-waves';
import type { Settler } from './settler';
import { Turns } from './turns';

export interface StockParts {
  lane: string;
  settler: Pick<Settler, 'add' | 'hasRoom'>;
  waves: Pick<RefusalWaves, 'isOpen' | 'mayTry' | 'tries'>;
  log: Log;
  claim(domainId: string, limit: number): Promise<ClaimedDelivery[]>;
  /** whether a domain's mail takes this lane at this moment; it may be redirected, or get other primaries */
  leadsHere(domainId: string): boolean;
  /** whether the lane may offer messages at this moment */
  isWorking(): boolean;
  /** how many messages it makes sense to have */
  worthClaiming(): number;
  /** there may be something new */
  onChange(): void;
}

const mostClaimed = 500;
/**
 * What has waited here this long goes back: its lease would run out while a slow primary still chews on what came before it, and
 * then another relay would send it as well.
 */
const longestMs = 300_000;
const askPostgresAgainMs = 1_000;

export class Stock {
  /** domains that may have due deliveries, in the order in which they get their turn */
  private readonly due = new Set<string>();
  private readonly turns = new Turns();
  private claimedAt = 0;
  private claiming: Promise<void> | undefined;

  constructor(private readonly parts: StockParts) {}

  get isEmpty(): boolean {
    return this.due.size === 0 && this.turns.size === 0;
  }

  /** Domains of which more may be due. */
  get domains(): string[] {
    return [...this.due];
  }

  /** Resolves when a claim that is under way has ended; undefined: none is. */
  get isClaiming(): Promise<void> | undefined {
    return this.claiming;
  }

  /** Something may be due for this domain. */
  look(domainId: string): void {
    this.due.add(domainId);
  }

  /** The claimed deliveries of the next message; undefined: nothing is at hand. Claims more when that is worth it. */
  next(): ClaimedDelivery[] | undefined {
    if (this.turns.size > 0 && performance.now() - this.claimedAt > longestMs) this.giveBack();
    if (this.turns.size < this.parts.worthClaiming() / 4) this.claimMore();
    for (;;) {
      const message = this.turns.next();
      const [first] = message ?? [];
      if (!message || !first || this.parts.leadsHere(first.domainId)) return message;
      // It was redirected, or moved, after it was claimed.
      this.turns.putBack(message);
      this.giveBack(first.domainId);
    }
  }

  /** It could not go, through no fault of its own. */
  putBack(message: ClaimedDelivery[]): void {
    this.turns.putBack(message);
  }

  /** Nothing of this domain goes any more. */
  drop(domainId: string): void {
    this.giveBack(domainId);
    this.due.delete(domainId);
  }

  /** @param domainId only what is of this domain */
  giveBack(domainId?: string): void {
    const rest = this.turns.remove(domainId);
    for (const delivery of rest) this.due.add(delivery.domainId);
    if (rest.length > 0)
      this.parts.settler.add(
        rest.map((delivery) => ({
          deliveryId: delivery.id,
          domainId: delivery.domainId,
          kind: 'given-back',
          retryAfterSeconds: 0,
        })),
      );
  }

  private claimMore(): void {
    const { waves, log, lane } = this.parts;
    if (this.claiming || !this.parts.isWorking() || !this.parts.settler.hasRoom) return;
    const [domainId] = this.due;
    if (!domainId) return;
    // It goes to the end of the line: domains that share a primary take turns.
    this.due.delete(domainId);
    if (!waves.mayTry(domainId) || !this.parts.leadsHere(domainId)) return this.claimMore();
    // Few while the lane is slow: what is claimed here waits here, and nobody else can take it.
    const limit = waves.isOpen(domainId) ? 1 : Math.min(mostClaimed, this.parts.worthClaiming());
    // The oldest of what is here counts.
    if (this.turns.size === 0) this.claimedAt = performance.now();
    this.claiming = this.parts
      .claim(domainId, limit)
      .then((claimed) => {
        if (claimed.length === limit) this.due.add(domainId);
        this.turns.add(claimed);
        if (!this.parts.isWorking()) this.giveBack();
        // The wave began while we claimed.
        else if (!waves.mayTry(domainId)) this.drop(domainId);
        else if (claimed.length > 0) waves.tries(domainId);
      })
      .catch((error: unknown) => {
        this.due.add(domainId);
        log('failed', { while: 'claiming', lane, error });
        // Postgres is away; asking again at once would only fill the log.
        return new Promise<void>((resolve) => setTimeout(resolve, askPostgresAgainMs));
      })
      .finally(() => {
        this.claiming = undefined;
        this.parts.onChange();
      });
  }
}
