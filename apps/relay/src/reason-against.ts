import { needsSmtpUtf8, type Envelope } from './envelope-commands';
import type { Extensions } from './extensions';

/** Port 25 lets none of these in; a line that ends early would be a command of somebody else's. */
// eslint-disable-next-line no-control-regex -- that is what it is about
const unspeakable = /[\0-\x1f\x7f<>]/;

/**
 * Why a message cannot go this way as it is; undefined: it can. Mostly no reply of the primary's, so that the message is deferred and
 * its tenant reads the sentence.
 */
export function reasonAgainst(
  envelope: Envelope,
  body: readonly Buffer[],
  extensions: Extensions,
  isProven: boolean,
): string | undefined {
  if (envelope.requireTls) {
    if (!isProven)
      return 'The sender demands a verified, encrypted way (REQUIRETLS), and the primary has not proven who it is';
    if (!extensions.has('REQUIRETLS'))
      return 'The sender demands a verified, encrypted way (REQUIRETLS), and the primary does not offer to keep to that';
  }
  if (
    [envelope.from, ...envelope.to.map(({ address }) => address)].some((address) => unspeakable.test(address))
  )
    return 'An address of the message cannot be written in SMTP; an operator has to look';
  if (needsSmtpUtf8(envelope, body) && !extensions.has('SMTPUTF8'))
    return 'The message has addresses or headers beyond ASCII, and the primary does not offer SMTPUTF8';
  const most = extensions.maxBytes;
  // What the server would say if it were asked (RFC 1870 section 6.1).
  if (most !== undefined && envelope.bytes > most)
    return `552 5.3.4 The message has ${envelope.bytes} octets, and the primary takes ${most}`;
  return undefined;
}
