/**
 * RCPT (RFC 5321 section 4.1.1.3): is this address ours to back up? Decided from memory, never from the database.
 *
 *   not an address we could deliver to            550 5.1.3
 *   a domain that nobody asked us to back up      550 5.7.1   (not verified yet counts as not ours)
 *   a route in the local part, for the primary     550 5.7.1   (see sender-routing.ts)
 *   the domain or its tenant is suspended         450 4.2.1
 *   not on the domain's list                      550 5.1.1
 *   the primary said that it does not know it     550 5.1.1, or 450 4.1.1 as the tenant chose
 *   the primary is up and is to be used           451 4.7.1   (who insists gets in)
 *   its primary takes no TLS, and REQUIRETLS was    550 5.7.30  (RFC 8689: there is no such way, and waiting finds none)
 *   one recipient more than we take at once       452 4.5.3   (the sender sends the rest in a second transaction)
 *   the tenant's queue is full                    452 4.3.1
 *   SIZE said more than the tenant takes          552 5.3.4
 *
 * Parameters: NOTIFY and ORCPT (RFC 3461). A value that is none is 501 5.5.4, any other parameter 555 5.5.4.
 */
import type { Directory, DirectoryEntry } from '@holdfast/directory';
import { foldLocalPart, parseAddress, parseNotify, parseOriginalRecipient } from '@holdfast/mail';
import { networkOf } from './client-network';
import type { DeferredNetworks } from './deferred-networks';
import type { KnownByPrimary } from './known-by-primary';
import { inDeclaredLetters, refuseUnknown, valueOf } from './mail-from';
import type { Parameters } from './parameters';
import { rejection } from './rejection';
import type { Room } from './room';
import { isRouted } from './sender-routing';
import type { AcceptedRecipient, Client, Transaction } from './transaction';

/** What RCPT decides by, all of it in memory. */
export interface RcptParts {
  directory: Pick<Directory, 'find' | 'lists' | 'isPrimaryUp' | 'filterOf'>;
  knownByPrimary: Pick<KnownByPrimary, 'isRefused'>;
  deferred: Pick<DeferredNetworks, 'mayIn'>;
  room: Pick<Room, 'check' | 'mostRecipients'>;
}

/** A sender with many servers tries again from another of them, as a rule in the same network. */
const sameSender = { ipv4: 24, ipv6: 64 };

export interface RcptCommand {
  address: string;
  parameters: Parameters;
}

const known = new Set(['NOTIFY', 'ORCPT']);

export function rcptTo(
  parts: RcptParts,
  transaction: Transaction,
  { address, parameters }: RcptCommand,
): AcceptedRecipient {
  const reports = reportsWanted(parameters, transaction.isSmtpUtf8);
  const parsed = parseAddress(address);
  if (!parsed) throw rejection(550, '5.1.3', 'Not an address that mail can be delivered to');
  const { local, domain } = parsed;
  const entry = parts.directory.find(domain);
  if (!entry || entry.state === 'pending')
    throw rejection(550, '5.7.1', `We are no mail exchanger for ${domain}; relaying denied`);
  if (isRouted(local))
    throw rejection(550, '5.7.1', 'We take no mail with a route in its address; relaying denied', 'routed');
  if (entry.state === 'suspended' || entry.isTenantSuspended)
    throw rejection(450, '4.2.1', `Mail for ${domain} is suspended; please try again later`);
  checkMailbox(parts, entry, local);
  checkTls(entry, transaction);
  checkPrimary(parts, entry, transaction.client);
  const recipient = {
    address: inDeclaredLetters(`${local}@${domain}`, transaction.isSmtpUtf8),
    entry,
    ...reports,
  };
  const folded = `${foldLocalPart(local)}@${domain}`;
  if (!transaction.recipients.has(folded)) {
    checkCount(parts, transaction, entry);
    checkSize(transaction, entry);
    parts.room.check(entry, transaction.declaredBytes, 1 + recipientsOf(transaction, entry.tenantId));
  }
  transaction.recipients.set(folded, recipient);
  return recipient;
}

function recipientsOf({ recipients }: Transaction, tenantId: string): number {
  let count = 0;
  for (const { entry } of recipients.values()) if (entry.tenantId === tenantId) count++;
  return count;
}

function reportsWanted(
  parameters: Parameters,
  isSmtpUtf8: boolean,
): Pick<AcceptedRecipient, 'notify' | 'originalRecipient'> {
  // Almost nobody asks for any.
  if (parameters.size === 0) return {};
  refuseUnknown(parameters, known);
  const notify = valueOf(parameters, 'NOTIFY', parseNotify);
  const originalRecipient = valueOf(parameters, 'ORCPT', (text) => parseOriginalRecipient(text, isSmtpUtf8));
  return {
    ...(notify === undefined ? {} : { notify }),
    ...(originalRecipient === undefined ? {} : { originalRecipient }),
  };
}

function checkMailbox({ directory, knownByPrimary }: RcptParts, entry: DirectoryEntry, local: string): void {
  if (entry.recipientPolicy === 'list' && !directory.lists(entry, local))
    throw rejection(550, '5.1.1', `There is no such mailbox in ${entry.name}`);
  if (entry.recipientPolicy !== 'call-ahead' || !knownByPrimary.isRefused(entry, local)) return;
  const reason = 'call-ahead';
  if (directory.filterOf(entry.tenantId).unknownRecipient === 'defer')
    throw rejection(450, '4.1.1', `${entry.name} knows no such mailbox at present; try again later`, reason);
  throw rejection(550, '5.1.1', `There is no such mailbox in ${entry.name}`, reason);
}

function checkTls({ name, primaries }: DirectoryEntry, { requireTls }: Transaction): void {
  // Of a domain that has no primary yet nothing is known.
  if (!requireTls || primaries.length === 0 || primaries.some(({ tlsPolicy }) => tlsPolicy !== 'none'))
    return;
  throw rejection(
    550,
    '5.7.30',
    `The mail server of ${name} takes no TLS, and the sender demands it (REQUIRETLS)`,
  );
}

function checkPrimary({ directory, deferred }: RcptParts, entry: DirectoryEntry, client: Client): void {
  if (entry.whenPrimaryUp !== 'defer' || !directory.isPrimaryUp(entry)) return;
  if (deferred.mayIn(entry, networkOf(client.address, sameSender))) return;
  throw rejection(
    451,
    '4.7.1',
    `The mail server of ${entry.name} is up; please deliver to it, or try here again in ${entry.deferMinutes} minutes`,
  );
}

function checkCount({ room }: RcptParts, { recipients }: Transaction, entry: DirectoryEntry): void {
  const most = room.mostRecipients(entry);
  if (recipients.size < most) return;
  throw rejection(
    452,
    '4.5.3',
    `Too many recipients; we take ${most} at once, please send the rest separately`,
  );
}

function checkSize({ declaredBytes }: Transaction, { limits, name }: DirectoryEntry): void {
  if (limits.maxMessageBytes !== null && declaredBytes > limits.maxMessageBytes)
    throw rejection(552, '5.3.4', `Messages for ${name} may have ${limits.maxMessageBytes} octets at most`);
}
