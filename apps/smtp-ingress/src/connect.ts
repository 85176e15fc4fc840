/**
 * CONNECT and MAIL: may we take mail at all? Each kind of not now has a text of its own, so that the sender's postmaster and ours
 * talk about the same thing; never a permanent no, because whom we back up is not known yet.
 *
 *   starting, stopping                  421 4.3.2   (RFC 5321 section 3.8)
 *   the directory is too old            421 4.3.2   (what it says of domains and mailboxes may be long untrue)
 *   the disk is nearly full             452 4.3.1   at MAIL, before anybody sends a body for nothing
 *   too much mail in memory             452 4.3.1   at MAIL; the disk does not keep up
 */
import { rejection } from './rejection';

export interface Readiness {
  isStopping(): boolean;
  /** when Postgres last confirmed what we know of domains, ms since 1970; undefined: we know nothing */
  directoryOf(): number | undefined;
  maxDirectoryAgeMs: number;
  hasDisk(): boolean;
  hasMemory(): boolean;
}

export function connect(readiness: Readiness): void {
  if (readiness.isStopping()) throw rejection(421, '4.3.2', 'We are stopping; please try again in a minute');
  const directoryOf = readiness.directoryOf();
  if (directoryOf === undefined)
    throw rejection(421, '4.3.2', 'We are starting; please try again in a minute');
  if (Date.now() - directoryOf > readiness.maxDirectoryAgeMs)
    throw rejection(
      421,
      '4.3.2',
      'Our list of domains is too old; please try again later',
      `of ${new Date(directoryOf).toISOString()}`,
    );
}

/** Called for each message. */
export function haveRoom(readiness: Readiness): void {
  if (!readiness.hasDisk())
    throw rejection(452, '4.3.1', 'Our disk is nearly full; please try again later', 'disk watermark');
  if (!readiness.hasMemory())
    throw rejection(452, '4.3.1', 'Too much mail at once; please try again in a minute', 'memory in flight');
}
