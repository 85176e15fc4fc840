declare module 'mx-connect/lib/dane.js' {
  import type { X509Certificate } from 'node:crypto';

  /** Written from the library's own source: the package brings no types for this part. */
  export function verifyCertAgainstTlsa<T extends { usage: number; selector: number; data: Buffer }>(
    certificate: X509Certificate,
    records: readonly T[],
    chain: X509Certificate[],
  ): { valid: boolean; matchedRecord: T | null; error: string | null };
}
