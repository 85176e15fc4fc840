import { domainToASCII, domainToUnicode } from 'node:url';

export interface Address {
  /** as it was written */
  local: string;
  /** in ASCII, lower case: the form in which domains are kept and compared */
  domain: string;
}

/**
 * Takes an SMTP mailbox apart (RFC 5321 section 4.1.2, RFC 6531 for UTF-8). It decides nothing about what is ours.
 * @returns undefined for anything that is not exactly one local part and one domain name: source routes, percent hacks in the
 *   domain, address literals, control characters, over-long parts (64 and 253 octets)
 */
export function parseAddress(text: string): Address | undefined {
  const at = text.lastIndexOf('@');
  if (at < 1) return undefined;
  const local = text.slice(0, at);
  const domain = asciiDomain(text.slice(at + 1));
  if (!domain || Buffer.byteLength(local) > 64) return undefined;
  if (!isDotString.test(local) && !isQuotedString.test(local)) return undefined;
  return { local, domain };
}

// RFC 5321 Dot-string with the UTF-8 of RFC 6531. "%" and "!" are allowed letters here; what they once meant (routing) is not
// known to us, and a local part that carries them is only a name.
const isDotString =
  /^[\w!#$%&'*+\-/=?^`{|}~\u0080-\u{10ffff}]+(\.[\w!#$%&'*+\-/=?^`{|}~\u0080-\u{10ffff}]+)*$/u;
const isQuotedString = /^"([ !#-[\]-~\u0080-\u{10ffff}]|\\[ -~])*"$/u;

const isAsciiName =
  /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * The one form in which domain names are kept and compared: ASCII, lower case, no final dot.
 *
 * Letters are folded by ASCII rules only. JavaScript's toLowerCase() makes a "k" of U+212A (Kelvin sign), and IDNA mapping does
 * so too; a look-alike of a customer's domain must never become that domain.
 * @returns undefined when it is no domain name
 */
export function asciiDomain(text: string): string | undefined {
  const folded = text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()).replace(/\.$/, '');
  if (isAsciiName.test(folded)) return folded;
  if (!/[\u0080-\u{10ffff}]/u.test(folded)) return undefined;
  const ascii = domainToASCII(folded);
  return ascii !== '' && isAsciiName.test(ascii) && isNormal(folded, ascii) ? ascii : undefined;
}

/**
 * Only what is already in its normal form: a name that mapping would change is somebody's look-alike or a typing error. Label by
 * label, because mapping also makes dots of three letters that only look like one.
 */
function isNormal(text: string, ascii: string): boolean {
  const asciiLabels = ascii.split('.');
  const labels = text.split('.');
  return (
    labels.length === asciiLabels.length &&
    labels.every((label, n) => {
      const asciiLabel = asciiLabels[n] as string;
      return label === asciiLabel || (asciiLabel.startsWith('xn--') && label === domainToUnicode(asciiLabel));
    })
  );
}

/** How a local part is compared within a domain's list: ASCII letters without case, everything else exactly. */
export function foldLocalPart(local: string): string {
  return local.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
