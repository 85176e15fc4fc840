/**
 * What we put above a message; the message itself stays octet for octet as it came.
 *
 *   Received                 RFC 5321 section 4.4
 *   Authentication-Results   RFC 8601, from what rspamd found, when it looked at SPF, DKIM or DMARC
 *   X-Holdfast-Scan          what the filter said, for the tenant's own rules
 */
import { receivedLine } from '@holdfast/mail';
import type { ScanOutcome } from './scan';
import type { Transaction } from './transaction';

export interface Arrival {
  id: string;
  ourName: string;
  at: Date;
  transaction: Transaction;
  /** of this message's tenant */
  recipients: readonly string[];
  outcome: ScanOutcome;
}

export function linesOnTop({ id, ourName, at, transaction, recipients, outcome }: Arrival): Buffer {
  const { client } = transaction;
  const [only] = recipients;
  const received = receivedLine({
    helo: client.helo,
    clientAddress: client.address,
    by: ourName,
    protocol: protocolOf(transaction),
    ...(client.tls ? { tls: tlsText(client.tls) } : {}),
    id,
    ...(recipients.length === 1 && only !== undefined ? { recipient: only } : {}),
    at,
  });
  return Buffer.from(received + authenticationResults(ourName, outcome) + scanLine(outcome));
}

/** RFC 3848 and RFC 6531 section 4.3: ESMTP, ESMTPS, UTF8SMTP, UTF8SMTPS, SMTP. */
export function protocolOf({ client, isSmtpUtf8 }: Transaction): string {
  const base = isSmtpUtf8 ? 'UTF8SMTP' : client.isEsmtp ? 'ESMTP' : 'SMTP';
  return client.tls ? `${base}S` : base;
}

export function tlsText({ version, cipher }: { version: string; cipher: string }): string {
  return `${version}, ${cipher}`;
}

// rspamd's symbols and the words of RFC 8601 section 2.7 for them.
const results: [method: string, symbol: string, result: string][] = [
  ['spf', 'R_SPF_ALLOW', 'pass'],
  ['spf', 'R_SPF_FAIL', 'fail'],
  ['spf', 'R_SPF_SOFTFAIL', 'softfail'],
  ['spf', 'R_SPF_NEUTRAL', 'neutral'],
  ['spf', 'R_SPF_NA', 'none'],
  ['spf', 'R_SPF_DNSFAIL', 'temperror'],
  ['spf', 'R_SPF_PERMFAIL', 'permerror'],
  ['dkim', 'R_DKIM_ALLOW', 'pass'],
  ['dkim', 'R_DKIM_REJECT', 'fail'],
  ['dkim', 'R_DKIM_TEMPFAIL', 'temperror'],
  ['dkim', 'R_DKIM_PERMFAIL', 'permerror'],
  ['dkim', 'R_DKIM_NA', 'none'],
  ['dmarc', 'DMARC_POLICY_ALLOW', 'pass'],
  ['dmarc', 'DMARC_POLICY_REJECT', 'fail'],
  ['dmarc', 'DMARC_POLICY_QUARANTINE', 'fail'],
  ['dmarc', 'DMARC_POLICY_SOFTFAIL', 'fail'],
  ['dmarc', 'DMARC_NA', 'none'],
];

function authenticationResults(ourName: string, { verdict }: ScanOutcome): string {
  if (!verdict) return '';
  const names = new Set(verdict.symbols.map(({ name }) => name));
  const found = results
    .filter(([, symbol]) => names.has(symbol))
    .map(([method, , result]) => `${method}=${result}`);
  return found.length === 0 ? '' : `Authentication-Results: ${ourName};\r\n\t${found.join(';\r\n\t')}\r\n`;
}

function scanLine({ scan, verdict }: ScanOutcome): string {
  if (!verdict) return `X-Holdfast-Scan: ${scan}\r\n`;
  const { action, score, requiredScore } = verdict;
  return `X-Holdfast-Scan: ${scan}; action="${action}"; score=${score.toFixed(2)}; required=${requiredScore}\r\n`;
}
