/** What went wrong on the way, in words that a tenant understands. */

/** The hop could not be talked to at all; `message` is for the tenant: the server's own words where there were any. */
export class Unreachable extends Error {}

/** The primary is there, and the way to it is not what its tenant wants: the mail waits, and its trail says why. */
export class NotAsDemanded extends Unreachable {}

/** The connection broke part-way through a message. */
export class ConversationLost extends Error {}

/** The connection is gone. */
export class WireLost extends Error {}

/** Whoever is there speaks something else. */
export class NotSmtp extends WireLost {}

const words: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'no answer in time',
  EPIPE: 'the connection was closed',
};

/** A plain sentence for what the network did. */
export function inWords(error: Error): string {
  return words[(error as NodeJS.ErrnoException).code ?? ''] ?? error.message;
}
