/**
 * How many connections a lane may have at this moment, and when its next message may begin. Starts with one connection, so that the
 * first message after an outage goes alone; adds one for every good message while the primary answers quickly; halves on "later",
 * on a broken connection and on answers that take ever longer. The primary sets the pace, within what people allowed.
 */
import type { LaneLimits } from './lane-plan';

/** So many times the usual, and the primary works at its limit: more connections would only wait there. */
const tooSlow = 4;
/** Below this nothing is called slow, above that it is too slow: in between the lane keeps what it has. */
const slowMs = 500;
const tooSlowMs = 2_000;
/** Each answer counts for so much of what is usual: about the last twenty count. */
const share = 1 / 20;

export class Pace {
  private allowedNow = 1;
  private usualMs: number | undefined;
  private nextAt = -Infinity;

  constructor(private readonly limits: () => Pick<LaneLimits, 'maxConnections' | 'maxMessagesPerMinute'>) {}

  get allowed(): number {
    return Math.min(this.limits().maxConnections, this.allowedNow);
  }

  /** How many messages it makes sense to have at hand. */
  get worthClaiming(): number {
    return Math.min(50 * this.allowed, this.limits().maxMessagesPerMinute ?? Infinity);
  }

  /** A message was answered, after `ms`. */
  good(ms: number): void {
    const isSlow = this.usualMs !== undefined && ms > slowMs && ms > this.usualMs * tooSlow;
    // What is slow now must not become usual before it has slowed us down.
    this.usualMs = this.usualMs === undefined ? ms : this.usualMs + (ms - this.usualMs) * share;
    if (isSlow && ms > tooSlowMs) return this.bad();
    if (!isSlow) this.allowedNow = Math.min(this.limits().maxConnections, this.allowedNow + 1);
  }

  /** The primary said "later", broke the connection, or took too long. */
  bad(): void {
    this.allowedNow = Math.max(1, Math.floor(this.allowedNow / 2));
  }

  /** After an outage everything is learned again. */
  startOver(): void {
    this.allowedNow = 1;
    this.usualMs = undefined;
  }

  /**
   * Takes the next place in a lane with a limit of messages a minute, evenly spaced: a minute's worth in one second is what the
   * limit was to prevent. @param now and the answer in milliseconds of the same clock @returns when the message may begin
   */
  takePlace(now: number): number {
    const { maxMessagesPerMinute } = this.limits();
    if (maxMessagesPerMinute === undefined) return now;
    const at = Math.max(now, this.nextAt);
    this.nextAt = at + 60_000 / maxMessagesPerMinute;
    return at;
  }
}
