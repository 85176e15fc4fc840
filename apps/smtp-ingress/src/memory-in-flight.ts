/** Counts the octets of bodies that all sessions of this process hold at a moment, and says no before memory does. */
export class MemoryInFlight {
  private taken = 0;

  constructor(private readonly most: number) {}

  /** @returns false when that would be too much; nothing is taken then */
  take(bytes: number): boolean {
    if (this.taken + bytes > this.most) return false;
    this.taken += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.taken -= bytes;
  }

  get bytes(): number {
    return this.taken;
  }
}
