/**
 * How many connections a lane may have at this moment. Starts with one, so that the first message after an outage goes alone; adds
 * one for every good message while the primary answers quickly; halves on anything else. The primary sets the pace, not we.
 */
export class Pace {
  private allowedNow = 1;
  private quickestMs = Infinity;

  constructor(private readonly most: number) {}

  get allowed(): number {
    return Math.floor(this.allowedNow);
  }

  /** A message was answered, after `ms`. */
  good(ms: number): void {
    this.quickestMs = Math.min(this.quickestMs, Math.max(ms, 1));
    // Answers that take far longer than the quickest one mean that the primary is working at its limit.
    if (ms > Math.max(this.quickestMs * 20, 2_000)) return this.bad();
    this.allowedNow = Math.min(this.most, this.allowedNow + 1);
  }

  /** The primary said "later", broke the connection, or took too long. */
  bad(): void {
    this.allowedNow = Math.max(1, this.allowedNow / 2);
  }

  /** After an outage everything is learned again. */
  startOver(): void {
    this.allowedNow = 1;
    this.quickestMs = Infinity;
  }
}
