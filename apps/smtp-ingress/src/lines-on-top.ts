/**
 * What we put above a message; the message itself stays octet for octet as it came.
 *
 *   Received                 RFC 5321 section 4.4
 *   Authentication-Results   RFC 8601, from what rspamd found, when it looked at SPF, DKIM or DMARC
 *   X-Spam-Flag              YES, when it is spam enough for this tenant to be marked
 *   X-Holdfast-Client        who brought it to us: the primary itself sees only us
 *   X-Holdfast-Scan          what the filter said, for the tenant's own rules
 */
import { receivedLine } from '@holdfast/mail';
import { authenticationResults } from './authentication-results';
import type { Transaction } from './transaction';
import type { TenantOutcome } from './verdict-policy';

export interface Arrival {
  id: string;
  ourName: string;
  at: Date;
  transaction: Transaction;
  /** of this message's tenant */
  recipients: readonly string[];
  outcome: TenantOutcome;
}

export function linesOnTop({ id, ourName, at, transaction, recipients, outcome }: Arrival): Buffer {
  const { client } = transaction;
  const [only] = recipients;
  const received = receivedLine({
    helo: client.helo,
    clientAddress: client.address,
    ...(client.name ? { clientName: client.name } : {}),
    by: ourName,
    protocol: protocolOf(transaction),
    ...(client.tls ? { tls: tlsText(client.tls) } : {}),
    id,
    ...(recipients.length === 1 && only !== undefined ? { recipient: only } : {}),
    at,
  });
  const { verdict } = outcome;
  const { helo } = client;
  const results = verdict
    ? authenticationResults(ourName, verdict, { sender: transaction.sender, helo })
    : '';
  return Buffer.from(received + results + clientLine(client) + scanLine(outcome));
}

/** In quotes stands what the client said or its DNS says; nothing in it ends the quotes or the line. */
function clientLine({ address, name, helo }: Transaction['client']): string {
  const quoted = (text: string): string => `"${text.replace(/[^ !#-[\]-~]/g, '').slice(0, 255)}"`;
  const parts = [address, `helo=${quoted(helo)}`, ...(name ? [`name=${quoted(name)}`] : [])];
  return `X-Holdfast-Client: ${parts.join('; ')}\r\n`;
}

/** RFC 3848 and RFC 6531 section 4.3: ESMTP, ESMTPS, UTF8SMTP, UTF8SMTPS, SMTP. */
export function protocolOf({ client, isSmtpUtf8 }: Transaction): string {
  const base = isSmtpUtf8 ? 'UTF8SMTP' : client.isEsmtp ? 'ESMTP' : 'SMTP';
  return client.tls ? `${base}S` : base;
}

export function tlsText({ version, cipher }: { version: string; cipher: string }): string {
  return `${version}, ${cipher}`;
}

/** What the filter said, and for what is spam enough the mark that the filters of mailboxes know. */
function scanLine({ scan, verdict, isTagged }: TenantOutcome): string {
  const mark = isTagged ? 'X-Spam-Flag: YES\r\n' : '';
  if (!verdict) return `${mark}X-Holdfast-Scan: ${scan}\r\n`;
  const { action, score, requiredScore } = verdict;
  return `${mark}X-Holdfast-Scan: ${scan}; action="${action}"; score=${score.toFixed(2)}; required=${requiredScore}\r\n`;
}
