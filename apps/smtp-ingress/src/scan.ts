/**
 * Asks rspamd, with the whole envelope, what it thinks of a message while the sender is still connected. What becomes of it then is
 * each tenant's choice (see verdict-policy.ts). No verdict, or the virus scanner did not look: the message is `unscanned`, and the
 * relay scans it before it goes out.
 *
 * It never takes longer than the client's time-out (HOLDFAST_SCAN_TIMEOUT_MS), and when rspamd has just failed to answer, the next
 * messages do not wait for it at all (see scan-circuit.ts): accepting must not become as slow as a dead scanner.
 */
import type { Log } from '@holdfast/daemon';
import { RspamdClient, ScanUnavailable, type Verdict } from '@holdfast/rspamd-client';
import type { ScanVerdict } from '@holdfast/spool';
import { ScanCircuit } from './scan-circuit';
import type { Transaction } from './transaction';

export interface ScanOutcome {
  scan: ScanVerdict;
  verdict?: Verdict;
}

export class Scanner {
  private readonly circuit: ScanCircuit;

  /** @param client undefined: the provider scans nothing */
  constructor(
    private readonly client: RspamdClient | undefined,
    private readonly log: Log,
  ) {
    this.circuit = new ScanCircuit(() => client?.ping() ?? Promise.resolve(false));
  }

  async scan(transaction: Transaction, queueId: string, chunks: readonly Buffer[]): Promise<ScanOutcome> {
    if (!this.client) return { scan: 'not-scanned' };
    if (!this.circuit.mayAsk()) return { scan: 'unscanned' };
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
      this.circuit.succeeded();
      return { scan: verdict.isVirusScanMissing ? 'unscanned' : 'clean', verdict };
    } catch (failure) {
      this.circuit.failed();
      if (!(failure instanceof ScanUnavailable)) throw failure;
      this.log('scan-failed', { sessionId: client.sessionId, messageId: queueId, error: failure.message });
      return { scan: 'unscanned' };
    }
  }

  /** rspamd did not answer a moment ago. */
  get isResting(): boolean {
    return this.circuit.isOpen;
  }

  close(): void {
    this.circuit.end();
    this.client?.close();
  }
}
