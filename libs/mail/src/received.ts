export interface ReceivedFacts {
  /** what the client called itself in EHLO */
  helo: string;
  clientAddress: string;
  /** name from PTR, if it was looked up and confirmed */
  clientName?: string;
  /** our MX host name */
  by: string;
  /** ESMTP, ESMTPS, SMTP, UTF8SMTPS, ... (RFC 3848, RFC 6531 section 4.3) */
  protocol: string;
  /** such as `TLSv1.3, TLS_AES_256_GCM_SHA384` */
  tls?: string;
  id: string;
  /** written only when the message has one recipient; several would tell each of the others */
  recipient?: string;
  at: Date;
}

/**
 * Our line on top of a message (RFC 5321 section 4.4), folded, ending in CRLF. Everything that came from the client is cleaned:
 * it can neither end the line nor open a comment.
 */
export function receivedLine(facts: ReceivedFacts): string {
  const client = facts.clientName
    ? `${clean(facts.clientName)} ${literal(facts.clientAddress)}`
    : literal(facts.clientAddress);
  const lines = [
    `Received: from ${clean(facts.helo).replace(/[ ;,<>@"]/g, '') || 'unknown'} (${client})`,
    `\tby ${clean(facts.by)} with ${clean(facts.protocol)} id ${facts.id}`,
  ];
  if (facts.tls) lines.push(`\t(${clean(facts.tls)})`);
  if (facts.recipient) lines.push(`\tfor <${clean(facts.recipient)}>`);
  return `${lines.join('\r\n')};\r\n\t${mailDate(facts.at)}\r\n`;
}

function literal(address: string): string {
  return address.includes(':') ? `[IPv6:${address}]` : `[${address}]`;
}

function clean(text: string): string {
  return text.replace(/[^\x21-\x27\x2a-\x5b\x5d-\x7e\u0080-\u{10ffff} ]/gu, '').slice(0, 255);
}

/** A date as RFC 5322 section 3.3 writes it, always in UTC. */
export function mailDate(at: Date): string {
  return at.toUTCString().replace(/GMT$/, '+0000');
}
