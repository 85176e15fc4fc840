import { hash } from 'node:crypto';
import { foldLocalPart } from '@holdfast/mail';

/** Changes beside a list before they are merged into it: a merge copies the list, ten milliseconds for a million. */
const mostBeside = 2_048;

/**
 * The recipients that a domain listed, as sorted hashes of 52 bits: 8 bytes each instead of the hundred that a string in a Set
 * takes, because one domain may list a million. Two addresses of a million share a hash with a probability of about one in ten
 * thousand, and then an unknown recipient is let in: harmless, and never the other way round.
 *
 * Postgres makes the same hash (`recipient_hash`, libs/database), so neither a list nor a change of it travels as text.
 */
export class RecipientSet {
  private readonly added = new Set<number>();
  private readonly removed = new Set<number>();

  private constructor(private hashes: Float64Array) {}

  static of(localParts: Iterable<string>): RecipientSet {
    return RecipientSet.ofHashes([Float64Array.from(localParts, hashOf)]);
  }

  /** @param runs hashes in any order, each once; not used afterwards */
  static ofHashes(runs: Float64Array[]): RecipientSet {
    const all = new Float64Array(runs.reduce((sum, run) => sum + run.length, 0));
    let at = 0;
    for (const run of runs) {
      all.set(run, at);
      at += run.length;
    }
    return new RecipientSet(all.sort());
  }

  get size(): number {
    return this.hashes.length + this.added.size - this.removed.size;
  }

  has(localPart: string): boolean {
    const wanted = hashOf(localPart);
    return this.added.has(wanted) || (this.isInside(wanted) && !this.removed.has(wanted));
  }

  /** Follows one change. What is there already, or gone already, does no harm. */
  change(added: readonly number[], removed: readonly number[]): void {
    for (const one of removed) {
      this.added.delete(one);
      if (this.isInside(one)) this.removed.add(one);
    }
    for (const one of added) {
      this.removed.delete(one);
      if (!this.isInside(one)) this.added.add(one);
    }
    if (this.added.size + this.removed.size > mostBeside) this.merge();
  }

  /** The hashes in pieces of at most `most`, for the copy on disk. */
  *pieces(most: number): Generator<string> {
    this.merge();
    const { hashes } = this;
    for (let from = 0; from < hashes.length; from += most) {
      const piece = hashes.subarray(from, from + most);
      yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString('base64');
    }
  }

  /** Reads what `pieces` gave. */
  static run(piece: string): Float64Array {
    const bytes = Buffer.from(piece, 'base64');
    return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  }

  private isInside(wanted: number): boolean {
    let low = 0;
    let high = this.hashes.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = this.hashes[middle] as number;
      if (found === wanted) return true;
      if (found < wanted) low = middle + 1;
      else high = middle - 1;
    }
    return false;
  }

  private merge(): void {
    if (this.added.size + this.removed.size === 0) return;
    const fresh = Float64Array.from(this.added).sort();
    const merged = new Float64Array(this.size);
    let at = 0;
    let next = 0;
    for (const one of this.hashes) {
      if (this.removed.has(one)) continue;
      while (next < fresh.length && (fresh[next] as number) < one) merged[at++] = fresh[next++] as number;
      merged[at++] = one;
    }
    while (next < fresh.length) merged[at++] = fresh[next++] as number;
    this.hashes = merged;
    this.added.clear();
    this.removed.clear();
  }
}

/** Octets of a digest that a hash is made of. */
export const hashBytes = 7;

/** @param digests the first seven octets of each SHA-256, one behind the other */
export function hashesIn(digests: Buffer): Float64Array {
  const hashes = new Float64Array(digests.length / hashBytes);
  for (let n = 0; n < hashes.length; n++) hashes[n] = hashAt(digests, n * hashBytes);
  return hashes;
}

function hashOf(localPart: string): number {
  return hashAt(hash('sha256', foldLocalPart(localPart), 'buffer'), 0);
}

const hashAt = (bytes: Buffer, at: number): number =>
  bytes.readUIntBE(at, 6) * 16 + ((bytes[at + 6] as number) >> 4);
