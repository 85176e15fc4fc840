/**
 * Whether a sender is told that its mail could not be delivered.
 *
 * Anybody can write anybody's address into MAIL FROM. A report to an address that did not send is backscatter: it hurts a stranger and
 * our good name. So a sender is told only when it has proven to be the one that sent, its mail looked good, and a program or a list
 * did not send it. Everything else is the tenant's to see. RFC 3464, RFC 3834 section 2, RFC 5321 section 6.1.
 */
import { parseAddress, provenDomains, speaksFor, type HeaderField } from '@holdfast/mail';
import type { UndecidedReport } from '@holdfast/queue';

/** SPF is about the very address that a report goes to (RFC 7208), so that its symbol is enough; DKIM needs the domain that signed. */
const spfPass = 'R_SPF_ALLOW';

/**
 * @param fields of the message as it is spooled; undefined when it cannot be read
 * @returns why the sender is not told, for its tenant and for people who ask; undefined: it is told
 */
export function whyNotTell(
  about: UndecidedReport,
  fields: readonly HeaderField[] | undefined,
): string | undefined {
  if (about.sender === '') return 'The message was itself a report: it has no sender';
  const sender = parseAddress(about.sender);
  if (!sender || sender.local.toLowerCase() === 'mailer-daemon')
    return 'The sender’s address takes no reports';
  if (about.notify && !about.notify.includes('failure')) return 'The sender asked not to be told';
  if (about.wasQuarantined || about.scan !== 'clean')
    return 'Only mail that was scanned and looked good is reported to its sender';
  if (!fields) return 'The message cannot be read, so nobody knows whether a report would be welcome';
  if (!isProven(about, sender.domain, fields))
    return 'Neither SPF nor DKIM proves that the sender sent it; a report might hit a stranger';
  return sentBy(fields);
}

function isProven({ symbols }: UndecidedReport, domain: string, fields: readonly HeaderField[]): boolean {
  if (symbols && spfPass in symbols) return true;
  return provenDomains(fields).dkim.some((proven) => speaksFor(proven, domain));
}

/** Mail of programs and lists: nobody reads a report, or a program answers it. */
function sentBy(fields: readonly HeaderField[]): string | undefined {
  const value = (name: string): string | undefined =>
    fields.find((field) => field.name === name)?.value.toLowerCase();
  const submitted = value('auto-submitted');
  if (submitted !== undefined && !/^no\b/.test(submitted)) return 'A program sent it (Auto-Submitted)';
  if (fields.some(({ name }) => name.startsWith('list-'))) return 'A mailing list sent it';
  if (/^(bulk|junk|list)\b/.test(value('precedence') ?? '')) return 'It was sent in bulk (Precedence)';
  if (/\b(all|ndr|dr)\b/.test(value('x-auto-response-suppress') ?? ''))
    return 'Its sender asked for no automatic answers';
  return undefined;
}
