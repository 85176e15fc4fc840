import { hash } from 'node:crypto';
import { foldLocalPart } from '@holdfast/mail';

/**
 * The recipients that a domain listed, as sorted hashes of 52 bits: 8 bytes each instead of the hundred that a string in a Set
 * takes, because one domain may list a million. Two addresses of a million share a hash with a probability of about one in ten
 * thousand, and then an unknown recipient is let in: harmless, and never the other way round.
 */
export class RecipientSet {
  private constructor(private readonly hashes: Float64Array) {}

  static of(localParts: Iterable<string>): RecipientSet {
    return new RecipientSet(Float64Array.from(localParts, hashOf).sort());
  }

  get size(): number {
    return this.hashes.length;
  }

  has(localPart: string): boolean {
    const wanted = hashOf(localPart);
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

  /** For the copy on disk. */
  toText(): string {
    return Buffer.from(this.hashes.buffer, this.hashes.byteOffset, this.hashes.byteLength).toString('base64');
  }

  static fromText(text: string): RecipientSet {
    const bytes = Buffer.from(text, 'base64');
    return new RecipientSet(
      new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)),
    );
  }
}

function hashOf(localPart: string): number {
  return hash('sha1', foldLocalPart(localPart), 'buffer').readUIntBE(0, 6) * 16 + (localPart.length % 16);
}
