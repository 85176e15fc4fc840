import { foldLocalPart, parseAddress } from '@holdfast/mail';
import type { FieldProblem } from '../http/problem';

/** A list with a thousand wrong lines has one mistake in it, not a thousand. */
const mostErrors = 20;
/** What a person can mean by a pattern; each star costs port 25 a look. */
const mostStars = 4;

/**
 * Reads one recipient: an address within the domain, a local part alone, a pattern with `*`, or `@domain` for a catch-all.
 * @returns the local part as port 25 compares it, or what is wrong
 */
export function readRecipient(line: string, domain: string): { localPart: string } | { problem: string } {
  const written = line.trim().replace(/^@/, '*@');
  const address = parseAddress(written.includes('@') ? written : `${written}@${domain}`);
  if (!address) return { problem: 'is not an address' };
  if (address.domain !== domain) return { problem: `is not within ${domain}` };
  const localPart = foldLocalPart(address.local);
  if (localPart.split('*').length - 1 > mostStars) return { problem: `has more than ${mostStars} stars` };
  return { localPart };
}

/**
 * The local parts of a list of recipients.
 * @param field as the client wrote it
 * @returns each local part once, folded as port 25 compares them, and what is wrong with the others
 */
export function localPartsOf(
  lines: string[],
  domain: string,
  field = 'addresses',
): { localParts: string[]; errors: FieldProblem[] } {
  const localParts = new Set<string>();
  const errors: FieldProblem[] = [];
  for (const [index, line] of lines.entries()) {
    const read = readRecipient(line, domain);
    if ('localPart' in read) localParts.add(read.localPart);
    else if (errors.length < mostErrors) errors.push({ field: `${field}[${index}]`, message: read.problem });
  }
  return { localParts: [...localParts], errors };
}
