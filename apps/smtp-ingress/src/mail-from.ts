/**
 * MAIL (RFC 5321 section 4.1.1.2): who sends, and how much. The null sender is always welcome. An address that is not of the usual
 * form is refused only when no reply or report could ever use it; what it means is for the primary to judge.
 *
 * Parameters: SIZE (RFC 1870; too big is answered by the listener), BODY (RFC 6152), SMTPUTF8 (RFC 6531). AUTH= is ignored as
 * RFC 4954 section 5 asks. Any other is refused with 555, REQUIRETLS above all: to take it in and not honour it would be a lie.
 */
import { parseAddress } from '@holdfast/mail';
import { rejection } from './rejection';
import type { Client, Transaction } from './transaction';

export interface MailCommand {
  address: string;
  parameters: Record<string, string | boolean>;
}

const known = new Set(['SIZE', 'BODY', 'SMTPUTF8', 'AUTH']);

export function mailFrom(client: Client, { address, parameters }: MailCommand): Transaction {
  for (const name of Object.keys(parameters))
    if (!known.has(name)) throw rejection(555, '5.5.4', `${name.slice(0, 20)} is not offered here`);
  const isSmtpUtf8 = parameters['SMTPUTF8'] !== undefined;
  return {
    client,
    sender: senderOf(address, isSmtpUtf8),
    declaredBytes: Number(parameters['SIZE'] ?? 0),
    isSmtpUtf8,
    is8BitMime: String(parameters['BODY'] ?? '').toUpperCase() === '8BITMIME',
    recipients: new Map(),
  };
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
