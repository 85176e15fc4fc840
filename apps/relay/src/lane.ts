/**
 * One destination: what is due for it, how many connections at once, open or closed.
 *
 * A lane connects before it claims, so that a dead primary costs one connection attempt and touches no delivery. It is open until
 * a connection fails or the sentinel says that the primary is down; then it says so (evidence for the sentinel) and waits. It
 * opens at once when the sentinel says that the primary is up, and tries one connection by itself now and then, in case nobody
 * watches.
 *
 * After it was closed the first message goes alone, and the next one too until somebody was accepted. What is refused then is not
 * believed at once: the server may have come back empty (see refusal-rules.ts).
 */
import type { Clock, Log } from '@holdfast/daemon';
import { NoWayThere } from '@holdfast/directory';
import type { ClaimedDelivery } from '@holdfast/queue';
import { deliver, type DeliverParts } from './deliver';
import { doubt, isRefusal } from './doubt';
import type { LaneLimits } from './lane-plan';
import { Pace } from './pace';
import type { RefusalWaves } from './refusal-waves';
import { Refusals } from './refusals';
import type { DomainOutcome, Settler } from './settler';
import { Unreachable, type SmtpConversation } from './smtp-conversation';
import { Stock, type StockParts } from './stock';

export interface LaneParts extends DeliverParts, Pick<StockParts, 'claim' | 'leadsHere'> {
  settler: Settler;
  log: Log;
  clock: Clock;
  /** a conversation with the place that this lane leads to at this moment */
  connect(domainIds: string[]): Promise<SmtpConversation>;
  limits(): LaneLimits;
  /** whether this process may still believe that the lane is its own */
  isSure(): boolean;
  waves: RefusalWaves;
  /** which of these recipients the primary once knew */
  known(domainId: string, recipients: string[]): Promise<Set<string>>;
  tenantOf(domainId: string): string | undefined;
  /** makes due what waits of a domain, and looks */
  offerAgain(domainId: string): void;
  /** evidence for the sentinel */
  tellUnreachable(domains: string[], cause: string): void;
}

/** A connection that has nothing to do is kept this long for what comes next. */
const idleMs = 2_000;
/** Servers limit messages a connection; leaving first is polite. */
const mostPerConnection = 1_000;
/** Soon, because a primary that was away for a moment only is back before the sentinel has called it an outage, and nobody says so. */
const firstOwnTryMs = 3_000;
const longestOwnTryMs = 300_000;

export class Lane {
  private readonly stock: Stock;
  private connections = 0;
  private isConnecting = false;
  private sleepers: (() => void)[] = [];
  private closedBecause: string | undefined;
  private ownTryMs = firstOwnTryMs;
  private ownTry: NodeJS.Timeout | undefined;
  private isEnding = false;
  private readonly pace: Pace;
  private isPaused = false;
  /** after so many messages we leave a connection; learned from a primary that leaves first */
  private perConnection = mostPerConnection;
  private readonly refusals = new Refusals();
  private readonly running = new Set<Promise<void>>();

  constructor(
    readonly name: string,
    private readonly parts: LaneParts,
  ) {
    this.pace = new Pace(parts.limits);
    this.stock = new Stock({
      ...parts,
      lane: name,
      isWorking: () => this.isWorking,
      worthClaiming: () => this.pace.worthClaiming,
      onChange: () => this.wake(),
    });
  }

  get isClosed(): boolean {
    return this.closedBecause !== undefined;
  }

  get isIdle(): boolean {
    return this.connections === 0 && this.stock.isEmpty;
  }

  get facts(): { name: string; connections: number; allowed: number; closedBecause: string | null } {
    return {
      name: this.name,
      connections: this.connections,
      allowed: this.allowed,
      closedBecause: this.parts.limits().pausedBecause ?? this.closedBecause ?? null,
    };
  }

  /** Something may be due for this domain. */
  look(domainId: string): void {
    if (!this.parts.waves.mayTry(domainId)) return;
    this.stock.look(domainId);
    this.go();
  }

  /** The primary was away until then, in milliseconds since 1970: it has to show that it is itself again. */
  cameBack(at: number): void {
    this.refusals.cameBack(at);
  }

  /** The primary refuses everybody of this domain: nothing of it is offered any more. */
  stopFor(domainId: string): void {
    this.stock.drop(domainId);
  }

  /** What was refused of this domain is offered once more, gently. */
  startOverFor(domainId: string): void {
    this.refusals.startOver(domainId, this.parts.clock.now());
    this.pace.startOver();
  }

  /** Somebody paused it, let it go on, or gave it other limits. */
  limitsChanged(): void {
    const isPaused = this.parts.limits().pausedBecause !== undefined;
    if (isPaused && !this.isPaused) this.stock.giveBack();
    this.isPaused = isPaused;
    this.go();
  }

  /** The primary is there. */
  openUp(): void {
    clearTimeout(this.ownTry);
    this.ownTry = undefined;
    this.ownTryMs = firstOwnTryMs;
    if (this.isClosed) {
      this.open();
      this.parts.log('lane-opened', { lane: this.name });
    }
    this.go();
  }

  /** The primary is not there, whoever found out. What is in hand may still end well. */
  close(cause: string): void {
    if (!this.isClosed) this.parts.log('lane-closed', { lane: this.name, cause });
    this.closedBecause = cause;
    this.stock.giveBack();
    this.ownTry ??= setTimeout(() => {
      this.ownTry = undefined;
      this.ownTryMs = Math.min(this.ownTryMs * 2, longestOwnTryMs);
      this.open();
      this.go();
    }, this.ownTryMs);
  }

  private open(): void {
    this.closedBecause = undefined;
    this.pace.startOver();
    this.perConnection = mostPerConnection;
    this.refusals.cameBack(this.parts.clock.now());
  }

  /** How many connections at this moment. */
  private get allowed(): number {
    return this.refusals.isUnproven ? 1 : this.pace.allowed;
  }

  /** Takes nothing new, finishes the messages in hand, gives the rest back. */
  async end(): Promise<void> {
    this.isEnding = true;
    clearTimeout(this.ownTry);
    this.stock.giveBack();
    this.wake();
    await Promise.all(this.running);
  }

  /** Whether it may offer messages at this moment. */
  private get isWorking(): boolean {
    return !this.isEnding && !this.isClosed && !this.isPaused && this.parts.isSure();
  }

  private go(): void {
    // Only for a reason: who is woken for nothing begins to wait anew, and its connection would never be let go.
    if (!this.isWorking || !this.stock.isEmpty) this.wake();
    if (!this.isWorking || this.isConnecting) return;
    if (this.connections >= this.allowed || this.stock.isEmpty) return;
    const run = this.runConnection().finally(() => this.running.delete(run));
    this.running.add(run);
  }

  /** One connection from its greeting to its goodbye. */
  private async runConnection(): Promise<void> {
    this.connections++;
    this.isConnecting = true;
    let conversation: SmtpConversation;
    try {
      conversation = await this.parts.connect(this.stock.domains);
    } catch (error) {
      this.connections--;
      this.isConnecting = false;
      if (!(error instanceof Unreachable) && !(error instanceof NoWayThere))
        this.parts.log('failed', { while: 'connecting', lane: this.name, error });
      this.pace.bad();
      // With other connections alive the primary is there and merely wants no more of them.
      if (this.connections === 0) {
        const cause = (error as Error).message;
        this.parts.log('primary-unreachable', { lane: this.name, cause });
        this.parts.tellUnreachable(this.stock.domains, cause);
        this.close(cause);
      }
      return;
    }
    this.isConnecting = false;
    this.ownTryMs = firstOwnTryMs;
    try {
      await this.useConversation(conversation);
    } catch (error) {
      this.parts.log('failed', { while: 'delivering', lane: this.name, error });
    } finally {
      conversation.quit();
      // It may take more again: the next connection finds out, at no message's cost.
      if (conversation.sent >= this.perConnection)
        this.perConnection = Math.min(mostPerConnection, this.perConnection * 2);
      this.connections--;
    }
    this.go();
  }

  private async useConversation(conversation: SmtpConversation): Promise<void> {
    while (conversation.isUsable && conversation.sent < this.perConnection && this.isWorking) {
      const message = await this.nextMessage();
      if (!message) return;
      if (!(await this.waitForPlace(message))) return;
      // It closed the connection while that had nothing to do: this message was not offered to anybody.
      if (!conversation.isUsable) return this.stock.putBack(message);
      const began = performance.now();
      const outcomes = await deliver(this.parts, message, conversation).catch((error: unknown) => {
        // Nothing we foresaw. The deliveries must not stay claimed.
        this.parts.settler.add(
          message.map(({ id, domainId }) => ({
            deliveryId: id,
            domainId,
            kind: 'given-back',
            retryAfterSeconds: 60,
          })),
        );
        throw error;
      });
      const rest = this.withoutGoodbyes(message, outcomes, conversation);
      await this.settle(message, rest, performance.now() - began);
      if (this.connections > this.allowed) return;
      this.go();
    }
  }

  /**
   * A 421 after messages that went well limits the connection and not the message: that was no attempt, and the next connection takes
   * it at once. @returns the other outcomes
   */
  private withoutGoodbyes(
    message: ClaimedDelivery[],
    outcomes: DomainOutcome[],
    conversation: SmtpConversation,
  ): DomainOutcome[] {
    if (conversation.isUsable || conversation.sent === 0) return outcomes;
    const left = new Set(
      outcomes.flatMap((outcome) =>
        outcome.kind === 'deferred' && outcome.reply.startsWith('421') ? [outcome.deliveryId] : [],
      ),
    );
    if (left.size === 0) return outcomes;
    this.perConnection = conversation.sent;
    this.stock.putBack(message.filter(({ id }) => left.has(id)));
    if (!this.isWorking) this.stock.giveBack();
    return outcomes.filter(({ deliveryId }) => !left.has(deliveryId));
  }

  private async settle(message: ClaimedDelivery[], outcomes: DomainOutcome[], ms: number): Promise<void> {
    // A 250 is in the journal before anything else is asked.
    this.parts.settler.add(outcomes.filter((outcome) => !isRefusal(outcome)));
    const judged = await doubt(
      { ...this.parts, lane: this.name, refusals: this.refusals },
      message,
      outcomes,
    );
    this.parts.settler.add(judged);
    if (outcomes.some(({ kind }) => kind === 'delivered')) this.pace.good(ms);
    else if (judged.some(({ kind }) => kind === 'refused')) this.pace.good(ms);
    else if (outcomes.some((outcome) => outcome.kind === 'deferred' && !isRefusal(outcome))) this.pace.bad();
  }

  /** Within a limit of messages a minute; the message goes back when the lane stops meanwhile. */
  private async waitForPlace(message: ClaimedDelivery[]): Promise<boolean> {
    const at = this.pace.takePlace(performance.now());
    while (performance.now() < at && this.isWorking)
      await new Promise((resolve) => setTimeout(resolve, Math.min(500, at - performance.now())));
    if (this.isWorking) return true;
    this.stock.putBack(message);
    this.stock.giveBack();
    return false;
  }

  /** The claimed deliveries of one message, oldest first; undefined when there is nothing to do for a while. */
  private async nextMessage(): Promise<ClaimedDelivery[] | undefined> {
    for (;;) {
      if (!this.isWorking) return undefined;
      const message = this.stock.next();
      if (message) return message;
      if (this.stock.isClaiming) await this.stock.isClaiming;
      else if (!(await this.sleep())) return undefined;
    }
  }

  /** Waits for work. @returns false when none came for a while */
  private sleep(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.sleepers = this.sleepers.filter((sleeper) => sleeper !== wake);
        resolve(false);
      }, idleMs);
      const wake = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      this.sleepers.push(wake);
    });
  }

  private wake(): void {
    for (const wake of this.sleepers.splice(0)) wake();
  }
}
