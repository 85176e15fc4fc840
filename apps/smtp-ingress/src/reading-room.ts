import type { IncomingFile } from './incoming';

/** A message in memory. */
export interface Octets {
  chunks: readonly Buffer[];
  bytes: number;
  /** the one chunk stands in memory that has room before it, see ContentInPlace of the spool */
  place?: { memory: Buffer; at: number };
}

/** Larger ones share one place. Smaller ones have memory of their own, and may be in it side by side. */
const largeBytes = 4 * 2 ** 20;
/** For the record's header and our lines on top of the message. */
const roomBytes = 16 * 1024;
const grownByBytes = 8 * 2 ** 20;
const keepEmptyMs = 60_000;

/**
 * Reads big bodies back from their files, few at once, in the order in which they came.
 *
 * All large ones use one piece of memory after the other, which is made once: memory that is made and dropped for each of them
 * stays with the process until the collector and the allocator feel like it, which was 300 MB for messages of 25.
 */
export class ReadingRoom {
  private inside = 0;
  private isPlaceTaken = false;
  private readonly queue: { bytes: number; enter: () => void }[] = [];
  private place: Buffer | undefined;
  private emptyTimer: NodeJS.Timeout | undefined;

  /** @param most octets of the smaller ones that may be in memory at once; one always may */
  constructor(private readonly most: number) {}

  async lend<T>(file: IncomingFile, use: (octets: Octets) => Promise<T>): Promise<T> {
    const { bytes } = file;
    if (this.queue.length > 0 || !this.hasRoomFor(bytes))
      await new Promise<void>((enter) => this.queue.push({ bytes, enter }));
    else this.enter(bytes);
    try {
      return await (bytes > largeBytes ? this.lendPlace(file, use) : lendOwn(file, use));
    } finally {
      this.leave(bytes);
    }
  }

  private async lendPlace<T>(file: IncomingFile, use: (octets: Octets) => Promise<T>): Promise<T> {
    const { bytes } = file;
    clearTimeout(this.emptyTimer);
    if (!this.place || this.place.length < bytes + roomBytes) {
      this.place = undefined;
      this.place = Buffer.allocUnsafeSlow(Math.ceil((bytes + roomBytes) / grownByBytes) * grownByBytes);
    }
    const memory = this.place;
    const whole = memory.subarray(roomBytes, roomBytes + bytes);
    try {
      await file.read(whole);
      return await use({ chunks: [whole], bytes, place: { memory, at: roomBytes } });
    } finally {
      this.emptyTimer = setTimeout(() => (this.place = undefined), keepEmptyMs).unref();
    }
  }

  private hasRoomFor(bytes: number): boolean {
    if (bytes > largeBytes) return !this.isPlaceTaken;
    return this.inside === 0 || this.inside + bytes <= this.most;
  }

  private enter(bytes: number): void {
    if (bytes > largeBytes) this.isPlaceTaken = true;
    else this.inside += bytes;
  }

  private leave(bytes: number): void {
    if (bytes > largeBytes) this.isPlaceTaken = false;
    else this.inside -= bytes;
    for (let next = this.queue[0]; next && this.hasRoomFor(next.bytes); next = this.queue[0]) {
      this.queue.shift();
      this.enter(next.bytes);
      next.enter();
    }
  }
}

async function lendOwn<T>(file: IncomingFile, use: (octets: Octets) => Promise<T>): Promise<T> {
  const whole = Buffer.allocUnsafeSlow(file.bytes);
  await file.read(whole);
  return use({ chunks: [whole], bytes: file.bytes });
}
