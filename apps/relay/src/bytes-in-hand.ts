/**
 * How many octets of bodies may be in memory at one time. A queue of big messages drains over twenty connections; without this each
 * of them would hold one. Small bodies do not ask: they are most of the mail, and together they are bounded by the connections.
 */
export class BytesInHand {
  private inHand = 0;
  private line: { bytes: number; enter: () => void }[] = [];

  constructor(private readonly most: number) {}

  /** Waits until there is room, in order of asking. One that is bigger than everything is let in alone. */
  async take(bytes: number): Promise<void> {
    if (bytes < smallBytes) return;
    if (this.line.length === 0 && this.fits(bytes)) {
      this.inHand += bytes;
      return;
    }
    await new Promise<void>((enter) => this.line.push({ bytes, enter }));
  }

  giveBack(bytes: number): void {
    if (bytes < smallBytes) return;
    this.inHand -= bytes;
    for (let next = this.line[0]; next && this.fits(next.bytes); next = this.line[0]) {
      this.line.shift();
      this.inHand += next.bytes;
      next.enter();
    }
  }

  private fits(bytes: number): boolean {
    return this.inHand === 0 || this.inHand + bytes <= this.most;
  }
}

const smallBytes = 512 * 1024;
