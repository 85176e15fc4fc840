import { foldLocalPart, parseAddress } from '@holdfast/mail';
import type { FieldProblem } from '../http/problem';

/** A list with a thousand wrong lines has one mistake in it, not a thousand. */
const mostErrors = 20;

/**
 * The local parts of a list of recipients. A line is an address within the domain, or a local part alone.
 * @returns each local part once, folded as port 25 compares them, and what is wrong with the others
 */
export function localPartsOf(
  lines: string[],
  domain: string,
): { localParts: string[]; errors: FieldProblem[] } {
  const localParts = new Set<string>();
  const errors: FieldProblem[] = [];
  for (const [index, line] of lines.entries()) {
    const written = line.trim();
    const address = parseAddress(written.includes('@') ? written : `${written}@${domain}`);
    if (address && address.domain === domain) localParts.add(foldLocalPart(address.local));
    else if (errors.length < mostErrors) {
      errors.push({
        field: `addresses[${index}]`,
        message: address ? `is not within ${domain}` : 'is not an address',
      });
    }
  }
  return { localParts: [...localParts], errors };
}
