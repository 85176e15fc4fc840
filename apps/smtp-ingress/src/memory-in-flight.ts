/** Counts the octets of bodies that all sessions of this process hold at a moment, so that they go to disk before memory is gone. */
export class MemoryInFlight {
  private taken = 0;

  constructor(private readonly most: number) {}

  /** @returns false when that is too much: put it somewhere else soon. It is counted all the same, and given back as the rest. */
  take(bytes: number): boolean {
    this.taken += bytes;
    return this.hasRoom;
  }

  giveBack(bytes: number): void {
    this.taken -= bytes;
  }

  get hasRoom(): boolean {
    return this.taken <= this.most;
  }

  get bytes(): number {
    return this.taken;
  }
}
