/**
 * Scans, before it goes out, what could not be scanned while its sender was connected.
 *
 * Bounded: a thousand messages that waited for the scanner do not meet it all at once. When it does not answer, they wait, and it
 * is left in peace for a moment. What proves bad is put aside for the tenant and never bounced: the sender was told 250, and an
 * address that sends spam is rarely its sender's own.
 */
import type { Log } from '@holdfast/daemon';
import type { ClaimedDelivery, Queryable, ScanState } from '@holdfast/queue';
import { RspamdClient, ScanUnavailable, type Verdict } from '@holdfast/rspamd-client';

/** What a late scan says: deliver, put aside, or ask again because the scanner does not answer. */
export type LateVerdict =
  | { kind: 'clean'; scan: ScanState }
  | { kind: 'bad'; scan: ScanState; reason: string }
  | { kind: 'no-answer' };

const mostAtOnce = 4;
const scanTimeoutMs = 30_000;
const leaveInPeaceMs = 2_000;

export class LateScan {
  private readonly client: RspamdClient | undefined;
  private running = 0;
  private line: (() => void)[] = [];
  private quietUntil = 0;

  /** @param rspamdUrl undefined: the provider scans nothing, and held mail counts as clean */
  constructor(
    rspamdUrl: string | undefined,
    private readonly db: Queryable,
    private readonly log: Log,
  ) {
    if (rspamdUrl)
      this.client = new RspamdClient({
        url: rspamdUrl,
        timeoutMs: scanTimeoutMs,
        maxConnections: mostAtOnce,
      });
  }

  /** Asks about one message, with all its recipients that wait here. Its row keeps the verdict, so it is asked once. */
  async ask(message: ClaimedDelivery[], body: Buffer): Promise<LateVerdict> {
    const [first] = message;
    if (!this.client || !first) return { kind: 'clean', scan: 'not-scanned' };
    if (Date.now() < this.quietUntil) return { kind: 'no-answer' };
    await this.enter();
    try {
      const verdict = await this.client.check(
        {
          clientAddress: first.clientAddress ?? '127.0.0.1',
          ...(first.helo ? { helo: first.helo } : {}),
          sender: first.sender,
          recipients: message.map(({ recipient }) => recipient),
          queueId: first.messageId,
        },
        body,
      );
      // The virus scanner was to look and did not: as unscanned as before.
      if (verdict.isVirusScanMissing && !verdict.isInfected)
        throw new ScanUnavailable('the virus scanner does not answer');
      const late = judge(verdict);
      const symbols = Object.fromEntries(verdict.symbols.map(({ name, score }) => [name, score]));
      await this.db.query({
        name: 'keep-late-verdict',
        text: 'update messages set scan = $2, score = $3, symbols = $4 where id = $1',
        values: [first.messageId, late.scan, verdict.score, JSON.stringify(symbols)],
      });
      return late;
    } catch (error) {
      if (!(error instanceof ScanUnavailable)) throw error;
      this.quietUntil = Date.now() + leaveInPeaceMs;
      this.log('scan-failed', { messageId: first.messageId, error: error.message });
      return { kind: 'no-answer' };
    } finally {
      this.leave();
    }
  }

  close(): void {
    this.client?.close();
  }

  private async enter(): Promise<void> {
    if (this.running >= mostAtOnce) await new Promise<void>((resolve) => this.line.push(resolve));
    this.running++;
  }

  private leave(): void {
    this.running--;
    this.line.shift()?.();
  }
}

// "Greylist" and "soft reject" are meant for a sender who can come again; this one is gone, and the message is not bad.
function judge(verdict: Verdict): Exclude<LateVerdict, { kind: 'no-answer' }> {
  if (verdict.isInfected)
    return { kind: 'bad', scan: 'infected', reason: `Malware, found when it was scanned late` };
  if (verdict.action === 'reject')
    return {
      kind: 'bad',
      scan: 'spam',
      reason: `Spam, found when it was scanned late (score ${verdict.score} of ${verdict.requiredScore})`,
    };
  return { kind: 'clean', scan: 'clean' };
}
