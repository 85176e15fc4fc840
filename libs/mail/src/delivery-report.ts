/**
 * The report that tells a sender what could not be delivered: a delivery status notification, RFC 3464 in the multipart/report of
 * RFC 6522. Pure: everything that it says is given. All of it is ASCII, but for what is returned of the message and an address
 * beyond ASCII, which is written as RFC 6533 has it.
 */
import { headerSection } from './header-fields';
import { mailDate } from './received';
import { parseReply } from './reply';
import type { ReportedPart } from './reports-wanted';

export interface FailedRecipient {
  recipient: string;
  /** ORCPT, such as `rfc822;bob@example.test`, decoded */
  originalRecipient?: string | null;
  /** what the server said last, whole; null: no server said anything */
  reply: string | null;
  /** host that said it */
  remoteHost?: string | null;
  /** `expired`: it was tried until its time was over. `no-domain`: we do not hold mail for the domain any more. */
  end: 'refused' | 'expired' | 'no-domain';
  lastAttemptAt?: Date | null;
}

export interface DeliveryReport {
  /** id of the report as a message of ours */
  id: string;
  /** our host name */
  hostname: string;
  /** who is told: the sender in the envelope of the message */
  to: string;
  /** ENVID, decoded */
  envelopeId?: string | null;
  arrivedAt: Date;
  at: Date;
  recipients: readonly FailedRecipient[];
  /** what the sender asked for (RET); null: ours to choose, which is the header section */
  ret?: ReportedPart | null;
  /** the message; undefined when it cannot be read any more */
  message?: Uint8Array | undefined;
  /** Message-ID of the message, angle brackets included */
  messageIdHeader?: string | undefined;
}

/** A report must not become a way to send somebody a big message twice. */
const mostReturnedOctets = 64 * 1024;
const mostHeaderOctets = 16 * 1024;
const mostReplyCharacters = 1_000;
const foldAt = 76;

/** The report as it goes out, lines ending in CRLF. */
export function deliveryReport(report: DeliveryReport): Buffer {
  const boundary = `=_${report.id}`;
  const parts = [
    ['Content-Type: text/plain; charset=us-ascii', '', ...forPeople(report)],
    ['Content-Type: message/delivery-status', '', ...forMachines(report)],
  ].map((lines) => Buffer.from(`--${boundary}\r\n${lines.join('\r\n')}\r\n`, 'utf8'));
  return Buffer.concat([
    Buffer.from(`${headOf(report, boundary).join('\r\n')}\r\n\r\n`, 'utf8'),
    ...parts,
    ...returned(report, boundary),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
}

function headOf({ id, hostname, to, at, messageIdHeader }: DeliveryReport, boundary: string): string[] {
  const answers = messageIdHeader && /^<[!-~]{3,250}>$/.test(messageIdHeader) ? messageIdHeader : undefined;
  return [
    `From: Mail Delivery System <mailer-daemon@${hostname}>`,
    `To: <${cleaned(to)}>`,
    'Subject: Your message could not be delivered',
    `Date: ${mailDate(at)}`,
    `Message-ID: <${id}@${hostname}>`,
    ...(answers ? [`In-Reply-To: ${answers}`, `References: ${answers}`] : []),
    // RFC 3834 section 5: nobody's holiday note shall answer this.
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status;',
    `\tboundary="${boundary}"`,
  ];
}

function forPeople({ hostname, recipients, arrivedAt }: DeliveryReport): string[] {
  return [
    `This is the mail system at ${hostname}, a backup mail server.`,
    '',
    `Your message of ${mailDate(arrivedAt)} could not be delivered to`,
    recipients.length === 1 ? 'this recipient:' : 'these recipients:',
    '',
    ...recipients.flatMap(({ recipient, end, reply }) => [
      ...folded(`<${ascii(cleaned(recipient))}>`, '  '),
      ...folded(sentences[end], '    '),
      ...(reply === null ? [] : folded(ascii(oneLine(reply)), '    ')),
      '',
    ]),
    'Nothing more is tried. The second part of this report is for mail programs.',
    '',
  ];
}

const sentences: Record<FailedRecipient['end'], string> = {
  refused: 'The mail server of the recipient refused it:',
  expired: 'It could not be handed over within the time that we hold mail. The last we heard:',
  'no-domain': 'We do not hold mail for this domain any more.',
};

function forMachines({ hostname, envelopeId, arrivedAt, recipients }: DeliveryReport): string[] {
  return [
    ...(envelopeId ? [`Original-Envelope-Id: ${ascii(oneLine(envelopeId))}`] : []),
    `Reporting-MTA: dns; ${hostname}`,
    `Arrival-Date: ${mailDate(arrivedAt)}`,
    ...recipients.flatMap((one) => [
      '',
      ...(one.originalRecipient
        ? folded(`Original-Recipient: ${ascii(oneLine(one.originalRecipient))}`)
        : []),
      `Final-Recipient: ${typed(cleaned(one.recipient))}`,
      'Action: failed',
      `Status: ${statusOf(one)}`,
      ...(one.remoteHost ? [`Remote-MTA: dns; ${ascii(cleaned(one.remoteHost))}`] : []),
      ...(one.reply !== null && parseReply(one.reply)
        ? folded(`Diagnostic-Code: smtp; ${ascii(oneLine(one.reply))}`)
        : []),
      ...(one.lastAttemptAt ? [`Last-Attempt-Date: ${mailDate(one.lastAttemptAt)}`] : []),
    ]),
    '',
  ];
}

/** RFC 3463. What is over for its age is 4.4.7, "delivery time expired", whatever was said last. */
function statusOf({ end, reply }: FailedRecipient): string {
  if (end === 'expired') return '4.4.7';
  if (end === 'no-domain') return '5.1.2';
  const enhanced = parseReply(reply ?? '')?.enhanced ?? '';
  return enhanced.startsWith('5.') ? enhanced : '5.0.0';
}

/** The third part: the whole message where it was asked for and is small, else its header section (RFC 6522 section 3). */
function returned({ message, ret }: DeliveryReport, boundary: string): Buffer[] {
  if (!message) return [];
  const isWhole = ret === 'full' && message.length <= mostReturnedOctets;
  const content = isWhole ? Buffer.from(message) : headerSection(message, mostHeaderOctets);
  const is8Bit = content.some((octet) => octet > 127);
  const head = [
    `--${boundary}`,
    `Content-Type: ${isWhole ? 'message/rfc822' : 'text/rfc822-headers'}`,
    ...(is8Bit ? ['Content-Transfer-Encoding: 8bit'] : []),
    '',
    '',
  ];
  // The line end before a boundary belongs to the boundary (RFC 2046 section 5.1.1).
  return [Buffer.from(head.join('\r\n')), content, Buffer.from('\r\n')];
}

/** `rfc822; a@b`, or with letters beyond ASCII the form of RFC 6533 section 3 that is ASCII all the same. */
function typed(address: string): string {
  const isAscii = /^[\x20-\x7e]*$/.test(address);
  return isAscii ? `rfc822; ${address}` : `utf-8; ${ascii(address)}`;
}

/** What stands in our lines must end none and steer nothing. */
function cleaned(text: string): string {
  return text.replace(/[^\x21-\x3b\x3d\x3f-\x7e\u00a1-\u{10ffff}]/gu, '').slice(0, 320);
}

function oneLine(text: string): string {
  return text
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, mostReplyCharacters);
}

/** Letters beyond ASCII as `\x{E9}` (RFC 6533 section 3). */
function ascii(text: string): string {
  return text.replace(
    /[^\x20-\x7e]/gu,
    (letter) => `\\x{${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`,
  );
}

/** Lines of at most 76 letters; those behind the first are indented, which also makes a folded header field of them. */
function folded(text: string, indent = ''): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ').flatMap((one) => one.match(/.{1,900}/g) ?? [''])) {
    const isFirst = line === indent || line === '  ';
    if (!isFirst && line.length + 1 + word.length > foldAt) {
      lines.push(line);
      line = indent === '' ? `  ${word}` : `${indent}${word}`;
    } else line = isFirst ? `${line}${word}` : `${line} ${word}`;
  }
  return [...lines, line];
}
