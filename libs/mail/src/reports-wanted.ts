/**
 * What a sender asks for in its reports (RFC 3461, RFC 6533), as it stands in MAIL and RCPT. Each function reads one value strictly
 * and returns undefined for what is none. What comes out is decoded, bounded, and printable ASCII.
 */

/** RET: the whole message in a report of failure, or its header section alone. */
export type ReportedPart = 'full' | 'hdrs';

/** NOTIFY: `never` stands alone; without any, the sender wants to hear of failures (and may hear of delays). */
export type NotifyOn = 'never' | 'success' | 'failure' | 'delay';

/** RET=FULL or RET=HDRS (RFC 3461 section 4.3). */
export function parseRet(text: string): ReportedPart | undefined {
  const folded = text.toLowerCase();
  return folded === 'full' || folded === 'hdrs' ? folded : undefined;
}

/** NOTIFY= (RFC 3461 section 4.1). @returns each once, in a fixed order */
export function parseNotify(text: string): NotifyOn[] | undefined {
  const named = text.toLowerCase().split(',');
  if (named.length === 1 && named[0] === 'never') return ['never'];
  if (named.some((name) => name !== 'success' && name !== 'failure' && name !== 'delay')) return undefined;
  return (['success', 'failure', 'delay'] as const).filter((name) => named.includes(name));
}

/** RFC 3461 section 4.4. */
const longestEnvelopeId = 100;

/** ENVID= (RFC 3461 section 4.4), taken out of its xtext. */
export function parseEnvelopeId(text: string): string | undefined {
  return text.length > longestEnvelopeId ? undefined : fromXtext(text);
}

/** RFC 3461 section 4.2. */
const longestOriginalRecipient = 500;

/**
 * ORCPT= (RFC 3461 section 4.2): `rfc822;bob@example.test`, taken out of its xtext. Letters beyond ASCII come in the type `utf-8`
 * alone (RFC 6533 section 3), either written as `\x{E9}`, or as they are where SMTPUTF8 was asked for; they are kept as `\x{E9}`.
 */
export function parseOriginalRecipient(text: string, isSmtpUtf8: boolean): string | undefined {
  if (Buffer.byteLength(text) > longestOriginalRecipient) return undefined;
  const semicolon = text.indexOf(';');
  const type = text.slice(0, Math.max(semicolon, 0)).toLowerCase();
  if (!isAtom.test(type)) return undefined;
  const written = text.slice(semicolon + 1);
  const ascii =
    type === 'utf-8' && isSmtpUtf8
      ? written.replace(/[\u0080-\u{10ffff}]/gu, (letter) => `\\x{${hexOf(letter)}}`)
      : written;
  const address = fromXtext(ascii);
  return address === undefined || address === '' ? undefined : `${type};${address}`;
}

const isAtom = /^[a-z0-9!#$%&'*+\-/=?^_`{|}~]{1,40}$/;
const hexOf = (letter: string): string => (letter.codePointAt(0) ?? 0).toString(16).toUpperCase();

const isXtext = /^(?:[!-*,-<>-~]|\+[0-9A-F]{2})*$/;
const isPrintable = /^[ -~]*$/;

/** xtext (RFC 3461 section 4); what is not printable ASCII behind it is refused too: it would end up in a header of ours. */
function fromXtext(text: string): string | undefined {
  if (!isXtext.test(text)) return undefined;
  const plain = text.replace(/\+([0-9A-F]{2})/g, (_all, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return isPrintable.test(plain) ? plain : undefined;
}
