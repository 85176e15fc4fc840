import { createHash, timingSafeEqual } from 'node:crypto';

/** Knows the operator's key when it sees it, and keeps only its hash. */
export class OperatorKey {
  private readonly hash: Buffer;

  constructor(key: string) {
    this.hash = hashOf(key);
  }

  /** Takes the same time whatever is given. */
  is(given: string): boolean {
    return timingSafeEqual(hashOf(given), this.hash);
  }
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
