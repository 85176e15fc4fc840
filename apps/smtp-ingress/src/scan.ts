/**
 * Asks rspamd with the whole envelope, and turns its advice into a decision while the sender is still connected:
 *
 *   infected, or "reject"             550 5.7.1
 *   "soft reject" or "greylist"       451 4.7.1
 *   "add header", "rewrite subject"   taken, with a header line that says so
 *   no verdict, or the virus scanner did not look: taken as `unscanned`; the relay scans it before it goes out
 *
 * It never takes longer than the client's time-out (HOLDFAST_SCAN_TIMEOUT_MS), and when rspamd has just failed to answer, the next
 * messages do not wait for it at all: accepting must not become as slow as a dead scanner.
 */
import type { Log } from '@holdfast/daemon';
import { RspamdClient, ScanUnavailable, type Verdict } from '@holdfast/rspamd-client';
import type { ScanVerdict } from '@holdfast/spool';
import { rejection } from './rejection';
import type { Transaction } from './transaction';

export interface ScanOutcome {
  scan: ScanVerdict;
  verdict?: Verdict;
}

/** How long nobody is made to wait for a scanner that did not answer. */
const leaveInPeaceMs = 2_000;

export class Scanner {
  private quietUntil = 0;

  /** @param client undefined: the provider scans nothing */
  constructor(
    private readonly client: RspamdClient | undefined,
    private readonly log: Log,
  ) {}

  /** @throws SmtpRejection */
  async scan(transaction: Transaction, queueId: string, chunks: readonly Buffer[]): Promise<ScanOutcome> {
    if (!this.client) return { scan: 'not-scanned' };
    if (this.isResting) return { scan: 'unscanned' };
    const { client, sender, recipients } = transaction;
    try {
      const verdict = await this.client.check(
        {
          clientAddress: client.address,
          helo: client.helo,
          sender,
          recipients: Array.from(recipients.values(), ({ address }) => address),
          queueId,
          ...(client.tls ? { tls: client.tls } : {}),
        },
        chunks,
      );
      refuseWhatIsBad(verdict);
      return { scan: verdict.isVirusScanMissing ? 'unscanned' : 'clean', verdict };
    } catch (failure) {
      if (!(failure instanceof ScanUnavailable)) throw failure;
      this.quietUntil = Date.now() + leaveInPeaceMs;
      this.log('scan-failed', { sessionId: client.sessionId, messageId: queueId, error: failure.message });
      return { scan: 'unscanned' };
    }
  }

  /** rspamd did not answer a moment ago. */
  get isResting(): boolean {
    return Date.now() < this.quietUntil;
  }

  close(): void {
    this.client?.close();
  }
}

function refuseWhatIsBad(verdict: Verdict): void {
  const { action, score, requiredScore, isInfected } = verdict;
  const reason = `${action}, ${score} of ${requiredScore}: ${verdict.symbols.map(({ name }) => name).join(' ')}`;
  if (isInfected) throw rejection(550, '5.7.1', 'The message carries malware', reason);
  if (action === 'reject')
    throw rejection(550, '5.7.1', 'The message looks like spam and was refused', reason);
  if (action === 'soft reject' || action === 'greylist')
    throw rejection(451, '4.7.1', 'Please try again later', reason);
}
