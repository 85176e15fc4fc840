/**
 * CONNECT: may we talk at all? Two kinds of not now, both 421 (RFC 5321 section 3.8) with a text of its own: starting and stopping.
 * Never a permanent no: whom we back up is not known yet.
 */
import { rejection } from './rejection';

export interface Readiness {
  /** a directory has been loaded, from Postgres or from disk; without one every domain would be a stranger's */
  knowsDirectory(): boolean;
  isStopping(): boolean;
}

export function connect(readiness: Readiness): void {
  if (readiness.isStopping()) throw rejection(421, '4.3.2', 'We are stopping; please try again in a minute');
  if (!readiness.knowsDirectory())
    throw rejection(421, '4.3.2', 'We are starting; please try again in a minute');
}
