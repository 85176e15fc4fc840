import { foldLocalPart } from '@holdfast/mail';
import { RecipientSet } from './recipient-set';

/** A list as one domain has it: addresses, patterns, and which change of it this is. */
export class RecipientList {
  constructor(
    /** counts the statements that changed the list in Postgres */
    public revision: number,
    readonly set: RecipientSet,
    /** local parts with `*` in them; `*` alone is a catch-all */
    readonly patterns: readonly string[],
  ) {}

  static empty(): RecipientList {
    return new RecipientList(0, RecipientSet.of([]), []);
  }

  /**
   * @param hasPlusAddressing whether `user+anything` is `user` (RFC 5233 calls the rest a detail)
   */
  has(localPart: string, hasPlusAddressing: boolean): boolean {
    if (this.set.has(localPart)) return true;
    const plus = hasPlusAddressing ? localPart.indexOf('+') : -1;
    if (plus > 0 && this.set.has(localPart.slice(0, plus))) return true;
    if (this.patterns.length === 0) return false;
    const folded = foldLocalPart(localPart);
    return this.patterns.some((pattern) => matches(pattern, folded));
  }
}

/**
 * Whether `text` is what `pattern` says, where `*` stands for any letters or none. Every piece is looked for once, from left to
 * right, so that no pattern that a tenant may write takes longer than the text is long.
 */
export function matches(pattern: string, text: string): boolean {
  const pieces = pattern.split('*');
  const first = pieces[0] as string;
  if (pieces.length === 1) return text === first;
  const last = pieces.at(-1) as string;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
