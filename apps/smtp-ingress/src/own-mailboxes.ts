/**
 * postmaster and abuse of our own host (RFC 5321 section 4.5.1, RFC 2142): bare `postmaster`, and both at our host name. A person
 * must read them, so the mail goes where HOLDFAST_POSTMASTER says: a mailbox in a domain that we back up, held and delivered like
 * any other mail for it. When there is no such mailbox the answer is 450 4.2.1: nobody's letter is taken and then lost.
 */
import { foldLocalPart, parseAddress } from '@holdfast/mail';
import { rejection } from './rejection';

export interface OwnMailboxes {
  hostname: string;
  postmaster: string | null;
  /** whether we take mail for a domain */
  isOurs(domain: string): boolean;
}

/** @returns the mailbox that is meant: the given address itself, unless it is one of our own */
export function mailboxMeant({ hostname, postmaster, isOurs }: OwnMailboxes, address: string): string {
  if (!isOwn(address, hostname, isOurs)) return address;
  const reader = postmaster ? parseAddress(postmaster) : undefined;
  if (reader && isOurs(reader.domain)) return `${reader.local}@${reader.domain}`;
  throw rejection(
    450,
    '4.2.1',
    'Nobody reads this mailbox here at the moment; please use the contact of our domain',
    'HOLDFAST_POSTMASTER names no mailbox in a domain that is backed up here',
  );
}

function isOwn(address: string, hostname: string, isOurs: OwnMailboxes['isOurs']): boolean {
  // On the way of every recipient: most are told apart by their first letter.
  const first = address[0];
  if (first !== 'p' && first !== 'P' && first !== 'a' && first !== 'A') return false;
  if (foldLocalPart(address) === 'postmaster') return true;
  const parsed = parseAddress(address);
  if (!parsed || parsed.domain !== hostname.toLowerCase() || isOurs(parsed.domain)) return false;
  return ['postmaster', 'abuse'].includes(foldLocalPart(parsed.local));
}
