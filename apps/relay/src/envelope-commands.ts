import type { NotifyOn, ReportedPart } from '@holdfast/mail';
import type { Extensions } from './extensions';
import type { ClientFacts } from './tell-client';

export interface EnvelopeRecipient {
  address: string;
  /** NOTIFY and ORCPT of RFC 3461, decoded; null: the sender did not say */
  notify: NotifyOn[] | null;
  originalRecipient: string | null;
}

/** One transaction: what goes with MAIL and RCPT. */
export interface Envelope {
  /** '' is the null sender */
  from: string;
  to: EnvelopeRecipient[];
  /** octets of the message, as it will be sent */
  bytes: number;
  /** the sender asked for SMTPUTF8 */
  isSmtpUtf8: boolean;
  requireTls: boolean;
  /** ENVID and RET of RFC 3461 */
  envelopeId: string | null;
  ret: ReportedPart | null;
  client: ClientFacts | undefined;
}

const beyondAscii = /[^\0-\x7f]/;
const headerEnd = Buffer.from('\r\n\r\n');

/**
 * Whether the primary must know SMTPUTF8. Some senders ask for it with every message, so what counts is what stands in the
 * envelope, and in the header section where the sender asked (RFC 6531 section 3.4).
 */
export function needsSmtpUtf8(envelope: Envelope, body: readonly Buffer[]): boolean {
  if (beyondAscii.test(envelope.from) || envelope.to.some(({ address }) => beyondAscii.test(address)))
    return true;
  if (!envelope.isSmtpUtf8) return false;
  for (const part of body) {
    const end = part.indexOf(headerEnd);
    if (beyondAscii.test(part.toString('latin1', 0, end < 0 ? part.length : end))) return true;
    if (end >= 0) return false;
  }
  return false;
}

export function mailFrom(envelope: Envelope, extensions: Extensions, isSmtpUtf8: boolean): string {
  const words = [`MAIL FROM:<${envelope.from}>`];
  if (extensions.has('SIZE')) words.push(`SIZE=${envelope.bytes}`);
  if (extensions.has('8BITMIME')) words.push('BODY=8BITMIME');
  if (isSmtpUtf8) words.push('SMTPUTF8');
  if (envelope.requireTls) words.push('REQUIRETLS');
  if (extensions.has('DSN')) {
    if (envelope.ret) words.push(`RET=${envelope.ret.toUpperCase()}`);
    if (envelope.envelopeId) words.push(`ENVID=${xtext(envelope.envelopeId)}`);
  }
  return words.join(' ');
}

export function rcptTo(recipient: EnvelopeRecipient, extensions: Extensions): string {
  const words = [`RCPT TO:<${recipient.address}>`];
  if (extensions.has('DSN')) {
    if (recipient.notify) words.push(`NOTIFY=${recipient.notify.join(',').toUpperCase()}`);
    if (recipient.originalRecipient) {
      const [, type = '', address = ''] = /^([^;]*);(.*)$/s.exec(recipient.originalRecipient) ?? [];
      words.push(`ORCPT=${type};${xtext(address)}`);
    }
  }
  return words.join(' ');
}

/** RFC 3461 section 4: "+" and "=" and all that is not printable ASCII as "+" and two hexadecimal digits. */
export function xtext(text: string): string {
  return Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(
      /[^!-*,-<>-~]/g,
      (octet) => `+${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    );
}
