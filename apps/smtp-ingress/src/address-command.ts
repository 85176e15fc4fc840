/**
 * Reads MAIL FROM:<…> and RCPT TO:<…> (RFC 5321 sections 4.1.1 and 4.1.2, RFC 6531): the path as it was written, and the parameters.
 *
 * In place of smtp-server's own reading, which cuts at every blank and takes an address with two "@" for none, and so refused quoted
 * local parts for ever; which made dots of letters that only look like one; and which read octets that are no UTF-8 as U+FFFD, another
 * address than the one that was sent. What an address means, and whether it is ours, is not decided here.
 *
 * A source route ("@a,@b:") is dropped, as RFC 5321 appendix C asks: nobody is ever relayed through. "<" and ">" inside of quotes are
 * refused, although the RFC knows them: no mailbox has them, and many a server ends the address there.
 */
import { isUtf8 } from 'node:buffer';
import type { Parameters } from './parameters';

export interface AddressCommand {
  /** '' is the null sender */
  address: string;
  args: Record<string, string | true> | false;
  /** as they were written; `args` has them as smtp-server's own steps want them, decoded from xtext */
  parameters: Parameters;
  /** a parameter that was given twice */
  duplicate?: string;
}

// The local part is one quoted string or anything without quotes and blanks; the domain is anything without them.
const addressLine =
  /^(?<name>MAIL +FROM|RCPT +TO) *: *<(?<route>@[^\s,:@<>"]+(?:,@[^\s,:@<>"]+)*:)?(?<address>(?:"(?:[^"\\<>]|\\[^<>])*"|[^\s"<>@]+)(?:@[^\s"<>@]+)?|)>(?: (?<parameters>.*))?$/i;
// Control characters, and letters without width: an address that has them is not the one that people see.
// eslint-disable-next-line no-control-regex
const unseen = /[\x00-\x1f\x7f-\x9f\u200b\u2060\ufeff]/;
const parameter = /^([a-z0-9][a-z0-9-]*)(?:=([^\s]*))?$/i;

/**
 * @param command without its CR LF
 * @returns false when it cannot be read
 */
export function readAddressCommand(name: 'MAIL FROM' | 'RCPT TO', command: Buffer): AddressCommand | false {
  if (!isUtf8(command)) return false;
  const line = command.toString();
  const found = unseen.test(line) ? undefined : addressLine.exec(line)?.groups;
  if (!found || found['name']?.toUpperCase().replace(/ +/, ' ') !== name) return false;
  const { address = '', parameters } = found;
  if (address !== '' && !address.includes('@') && !(name === 'RCPT TO' && /^postmaster$/i.test(address)))
    return false;
  const written = new Map<string, string | true>();
  const read: AddressCommand = { address, args: false, parameters: written };
  for (const text of parameters?.split(' ') ?? []) {
    if (text === '') continue;
    const [, key, value] = parameter.exec(text) ?? [];
    if (key === undefined) return false;
    const args = (read.args ||= Object.create(null) as Record<string, string | true>);
    const upper = key.toUpperCase();
    if (upper in args) read.duplicate = upper;
    const plain = value ? fromXtext(value) : true;
    if (plain !== true && unseen.test(plain)) return false;
    args[upper] = plain;
    written.set(upper, value || true);
  }
  return read;
}

/** RFC 3461 section 4: "+" and two hexadecimal digits stand for an octet. */
function fromXtext(text: string): string {
  return text.replace(/\+([0-9A-F]{2})/g, (_whole, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
