/**
 * How long a client waits for our greeting. A program that blasts its commands without listening has them on the wire with its
 * first packet, or right behind it; whoever has said anything by the time that we greet is sent away (RFC 5321 section 4.3.1).
 *
 *   a network that handed us a message lately     1 ms: what was written with the connection is there by then
 *   one that we do not know                       20 ms
 *   one that talked too early lately              1 s
 *
 * So those who send us most of our mail pay next to nothing, and those who try again pay most.
 */
const knownMs = 1;
const strangerMs = 20;
const earlyTalkerMs = 1_000;
const rememberMs = 3_600_000;
/** About ten MB; the oldest are strangers again. */
const mostRemembered = 100_000;

export class EarlyTalkers {
  private readonly known = new Map<string, { talkedEarly: boolean; until: number }>();

  /** @returns ms */
  waitFor(network: string): number {
    const known = this.known.get(network);
    if (!known) return strangerMs;
    if (known.until < Date.now()) {
      this.known.delete(network);
      return strangerMs;
    }
    return known.talkedEarly ? earlyTalkerMs : knownMs;
  }

  /** It handed us a message. Who has talked too early is watched on all the same. */
  behaved(network: string): void {
    if (this.known.get(network)?.talkedEarly !== true) this.remember(network, false);
  }

  talkedEarly(network: string): void {
    this.remember(network, true);
  }

  private remember(network: string, talkedEarly: boolean): void {
    this.known.delete(network);
    this.known.set(network, { talkedEarly, until: Date.now() + rememberMs });
    if (this.known.size > mostRemembered) this.known.delete(this.known.keys().next().value as string);
  }
}
