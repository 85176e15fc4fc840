import type { Log } from '@holdfast/daemon';
import type { ClaimedDelivery, Queryable, ScanState } from '@holdfast/queue';

/** What a late scan says: deliver, put aside, or ask again because the scanner does not answer. */
export type LateVerdict =
  | { kind: 'clean'; scan: ScanState }
  | { kind: 'bad'; scan: ScanState; reason: string }
  | { kind: 'no-answer' };

export class LateScan {
  constructor(
    private readonly rspamdUrl: string | undefined,
    private readonly db: Queryable,
    private readonly log: Log,
  ) {}

  async ask(_message: ClaimedDelivery[], _body: Buffer): Promise<LateVerdict> {
    if (!this.rspamdUrl) return { kind: 'clean', scan: 'not-scanned' };
    return { kind: 'no-answer' };
  }
}
