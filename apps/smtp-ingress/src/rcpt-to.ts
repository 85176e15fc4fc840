/**
 * RCPT (RFC 5321 section 4.1.1.3): is this address ours to back up? Decided from memory, never from the database.
 *
 *   not an address we could deliver to            550 5.1.3
 *   a domain that nobody asked us to back up      550 5.7.1   (not verified yet counts as not ours)
 *   the domain or its tenant is suspended         450 4.2.1
 *   not on the domain's list                      550 5.1.1
 *   one recipient more than we take at once       452 4.5.3   (the sender sends the rest in a second transaction)
 *   the tenant's queue is full                    452 4.3.1
 *   SIZE said more than the tenant takes          552 5.3.4
 */
import type { Directory, DirectoryEntry } from '@holdfast/directory';
import { foldLocalPart, parseAddress } from '@holdfast/mail';
import { inDeclaredLetters } from './mail-from';
import { rejection } from './rejection';
import type { AcceptedRecipient, Transaction } from './transaction';

/** RFC 5321 section 4.5.3.1.8 asks for 100 at least; 1000 is Postfix's limit, to which senders of lists are tuned. */
export const mostRecipients = 1_000;

export type DirectoryAnswers = Pick<Directory, 'find' | 'lists' | 'heldBy'>;

export function rcptTo(
  directory: DirectoryAnswers,
  transaction: Transaction,
  address: string,
): AcceptedRecipient {
  const parsed = parseAddress(address);
  if (!parsed) throw rejection(550, '5.1.3', 'Not an address that mail can be delivered to');
  const { local, domain } = parsed;
  const entry = directory.find(domain);
  if (!entry || entry.state === 'pending')
    throw rejection(550, '5.7.1', `We are no mail exchanger for ${domain}; relaying denied`);
  if (entry.state === 'suspended' || entry.isTenantSuspended)
    throw rejection(450, '4.2.1', `Mail for ${domain} is suspended; please try again later`);
  if (entry.recipientPolicy === 'list' && !directory.lists(entry, local))
    throw rejection(550, '5.1.1', `There is no such mailbox in ${domain}`);
  const recipient = { address: inDeclaredLetters(`${local}@${domain}`, transaction.isSmtpUtf8), entry };
  const folded = `${foldLocalPart(local)}@${domain}`;
  if (!transaction.recipients.has(folded)) {
    if (transaction.recipients.size >= mostRecipients)
      throw rejection(
        452,
        '4.5.3',
        `Too many recipients; we take ${mostRecipients} at once, please send the rest separately`,
      );
    checkRoom(directory, transaction, entry);
  }
  transaction.recipients.set(folded, recipient);
  return recipient;
}

function checkRoom(directory: DirectoryAnswers, { declaredBytes }: Transaction, entry: DirectoryEntry): void {
  const { maxHeldBytes, maxHeldMessages, maxMessageBytes } = entry.limits;
  if (maxMessageBytes !== null && declaredBytes > maxMessageBytes)
    throw rejection(552, '5.3.4', `Messages for ${entry.name} may have ${maxMessageBytes} octets at most`);
  const held = directory.heldBy(entry.tenantId);
  const isFull =
    (maxHeldMessages !== null && held.messages >= maxHeldMessages) ||
    (maxHeldBytes !== null && held.bytes + declaredBytes > maxHeldBytes);
  if (isFull) throw rejection(452, '4.3.1', `The queue for ${entry.name} is full; please try again later`);
}
