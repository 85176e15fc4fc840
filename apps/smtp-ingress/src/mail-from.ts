/**
 * MAIL (RFC 5321 section 4.1.1.2): who sends, and how much. The null sender is always welcome. An address that is not of the usual
 * form is refused only when no reply or report could ever use it; what it means is for the primary to judge.
 *
 * Parameters: SIZE (RFC 1870; too big is answered by the listener), BODY (RFC 6152), SMTPUTF8 (RFC 6531), RET and ENVID (RFC 3461),
 * REQUIRETLS (RFC 8689; without TLS here it is 530, and a domain to which there is no such way says so at RCPT). AUTH= is ignored as
 * RFC 4954 section 5 asks. Any other is refused with 555.
 */
import { parseAddress, parseEnvelopeId, parseRet } from '@holdfast/mail';
import type { Parameters } from './parameters';
import { rejection } from './rejection';
import type { Client, Transaction } from './transaction';

export interface MailCommand {
  address: string;
  parameters: Parameters;
}

const known = new Set(['SIZE', 'BODY', 'SMTPUTF8', 'AUTH', 'RET', 'ENVID', 'REQUIRETLS']);

export function mailFrom(client: Client, { address, parameters }: MailCommand): Transaction {
  refuseUnknown(parameters, known);
  const isSmtpUtf8 = parameters.has('SMTPUTF8');
  const envelopeId = valueOf(parameters, 'ENVID', parseEnvelopeId);
  const ret = valueOf(parameters, 'RET', parseRet);
  return {
    client,
    sender: senderOf(address, isSmtpUtf8),
    declaredBytes: Number(parameters.get('SIZE') ?? 0),
    isSmtpUtf8,
    is8BitMime: String(parameters.get('BODY') ?? '').toUpperCase() === '8BITMIME',
    requireTls: parameters.has('REQUIRETLS'),
    ...(envelopeId === undefined ? {} : { envelopeId }),
    ...(ret === undefined ? {} : { ret }),
    recipients: new Map(),
  };
}

/** RFC 5321 section 4.1.1.11: a parameter that we do not know may change what the command means. */
export function refuseUnknown(parameters: Parameters, names: ReadonlySet<string>): void {
  for (const name of parameters.keys())
    if (!names.has(name)) throw rejection(555, '5.5.4', `${name.slice(0, 20)} is not offered here`);
}

/** The value of a parameter, strictly read; undefined when it was not given. */
export function valueOf<T>(
  parameters: Parameters,
  name: string,
  parse: (text: string) => T | undefined,
): T | undefined {
  const text = parameters.get(name);
  if (text === undefined) return undefined;
  const value = text === true ? undefined : parse(text);
  if (value === undefined) throw rejection(501, '5.5.4', `Bad value of ${name}`);
  return value;
}

const isPrintable = /^[\x21-\x7e]{1,320}$/;

function senderOf(address: string, isSmtpUtf8: boolean): string {
  if (address === '') return '';
  const parsed = parseAddress(address);
  if (parsed) return inDeclaredLetters(`${parsed.local}@${parsed.domain}`, isSmtpUtf8);
  if (!isPrintable.test(address)) throw rejection(501, '5.1.7', 'Bad sender address');
  return address;
}

/** RFC 6531 section 3.5: letters beyond ASCII only where SMTPUTF8 was asked for, or the next server gets what it cannot take. */
export function inDeclaredLetters(address: string, isSmtpUtf8: boolean): string {
  // eslint-disable-next-line no-control-regex
  if (!isSmtpUtf8 && /[^\x00-\x7f]/.test(address))
    throw rejection(553, '5.6.7', 'Such an address needs SMTPUTF8');
  return address;
}
