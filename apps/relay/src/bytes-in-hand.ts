/** Room for the bodies of one lane. */
export interface Room {
  /** Waits until there is room, in order of asking. */
  take(bytes: number): Promise<void>;
  giveBack(bytes: number): void;
}

interface Waiting {
  lane: Held;
  bytes: number;
  enter: () => void;
}

interface Held {
  bytes: number;
}

const smallBytes = 512 * 1024;
/** No lane has more than this part of the room, so that a slow primary with big messages keeps nobody else waiting. */
const mostOfOneLane = 1 / 4;
/** A lane with nothing in hand may have its one message although the room is full of others', up to so many times the room. */
const mostInNeed = 2;

/**
 * How many octets of bodies may be in memory at one time. A queue of big messages drains over twenty connections; without this each
 * of them would hold one. Small bodies do not ask: they are most of the mail, and together they are bounded by the connections.
 */
export class BytesInHand implements Room {
  private inHand = 0;
  private line: Waiting[] = [];
  private readonly whole: Held = { bytes: 0 };

  constructor(private readonly most: number) {}

  /** The part of one lane. */
  forLane(): Room {
    const lane: Held = { bytes: 0 };
    return {
      take: (bytes) => this.takeFor(lane, bytes),
      giveBack: (bytes) => this.giveBackOf(lane, bytes),
    };
  }

  /** For whoever is no lane: bounded by the whole alone. */
  take(bytes: number): Promise<void> {
    return this.takeFor(this.whole, bytes);
  }

  giveBack(bytes: number): void {
    this.giveBackOf(this.whole, bytes);
  }

  private async takeFor(lane: Held, bytes: number): Promise<void> {
    if (bytes < smallBytes) return;
    const isFirst = !this.line.some((waiting) => waiting.lane === lane);
    if (isFirst && this.fits(lane, bytes)) return this.add(lane, bytes);
    await new Promise<void>((enter) => this.line.push({ lane, bytes, enter }));
  }

  private giveBackOf(lane: Held, bytes: number): void {
    if (bytes < smallBytes) return;
    this.add(lane, -bytes);
    // Each lane in its own order; one that must wait longer keeps no other lane waiting behind it.
    const passedOver = new Set<Held>();
    this.line = this.line.filter((waiting) => {
      if (passedOver.has(waiting.lane) || !this.fits(waiting.lane, waiting.bytes)) {
        passedOver.add(waiting.lane);
        return true;
      }
      this.add(waiting.lane, waiting.bytes);
      waiting.enter();
      return false;
    });
  }

  private add(lane: Held, bytes: number): void {
    lane.bytes += bytes;
    this.inHand += bytes;
  }

  /** One that is bigger than everything is let in alone. */
  private fits(lane: Held, bytes: number): boolean {
    if (this.inHand === 0) return true;
    if (lane !== this.whole && lane.bytes === 0) return this.inHand + bytes <= this.most * mostInNeed;
    if (lane !== this.whole && lane.bytes + bytes > this.most * mostOfOneLane) return false;
    return this.inHand + bytes <= this.most;
  }
}
