/**
 * A way that the sender wants mail to take: user%host, host!user, "user@host". We never take it. But a primary that trusts its backup
 * often would, and then sends to the world what a stranger told it to; that is how a backup MX becomes an open relay at one remove.
 *
 * Only what leads out of the primary's own domain counts, a name with a dot or an address literal: `50%off` is a mailbox like any other.
 *
 * @param local part of an address, as it was written
 */
export function isRouted(local: string): boolean {
  return leadsAway.test(local.replace(/\\(.)/g, '$1'));
}

const leadsAway = /[%@]\s*(?:\[|[^\s%@!"]+\.[^\s%@!".])|[^\s%@!".]\.[^\s%@!"]+\s*!/;
