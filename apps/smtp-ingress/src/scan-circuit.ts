/**
 * Keeps a dead scanner from slowing port 25, over all sessions of this process. A failure opens the circuit: from then on nobody waits
 * for the scanner. It is pinged, and when it answers, one message alone tries it; the first success closes the circuit. So a scanner
 * that is silent costs the time-out once, and only those who waited at that moment; after that one sender at a time, and more and
 * more seldom.
 */
const pingEveryMs = 500;
const longestRestMs = 30_000;

export class ScanCircuit {
  private state: 'closed' | 'open' | 'half-open' = 'closed';
  private isTried = false;
  /** after a message that tried in vain; a ping keeps nobody waiting, a message does */
  private restMs = pingEveryMs;
  private timer: NodeJS.Timeout | undefined;
  private isEnded = false;

  /** @param ping whether the scanner answers at all, within a bound */
  constructor(private readonly ping: () => Promise<boolean>) {}

  /** The scanner did not answer lately. */
  get isOpen(): boolean {
    return this.state !== 'closed';
  }

  /** Asked before each scan; whoever gets a yes says how it ended. */
  mayAsk(): boolean {
    if (this.state === 'closed') return true;
    if (this.state === 'open' || this.isTried) return false;
    this.isTried = true;
    return true;
  }

  succeeded(): void {
    this.state = 'closed';
    this.isTried = false;
    this.restMs = pingEveryMs;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  failed(): void {
    const hasTriedInVain = this.state === 'half-open';
    this.state = 'open';
    this.isTried = false;
    if (hasTriedInVain) this.restMs = Math.min(this.restMs * 2, longestRestMs);
    this.pingAfter(this.restMs);
  }

  end(): void {
    this.isEnded = true;
    clearTimeout(this.timer);
  }

  private pingAfter(ms: number): void {
    if (this.timer || this.isEnded) return;
    this.timer = setTimeout(() => void this.pingNow(), ms).unref();
  }

  private async pingNow(): Promise<void> {
    const answers = await this.ping();
    this.timer = undefined;
    if (this.state !== 'open' || this.isEnded) return;
    if (answers) this.state = 'half-open';
    else this.pingAfter(pingEveryMs);
  }
}
