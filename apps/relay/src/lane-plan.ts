/** Which lane a domain's mail takes, and within which limits that lane goes. */
import { routeOf, type DirectoryEntry, type Primary } from '@holdfast/directory';
import type { LaneSettings } from '@holdfast/queue';

export interface LaneLimits {
  /** undefined: it runs */
  pausedBecause: string | undefined;
  maxConnections: number;
  /** undefined: as fast as the primary takes them */
  maxMessagesPerMinute: number | undefined;
}

/** Where a domain's mail goes at this moment. */
export const primariesFor = (entry: DirectoryEntry): Primary[] =>
  entry.redirect ? [entry.redirect] : entry.primaries;

/**
 * Domains with the same primaries share a lane: the same machine bears their mail. A tenant's own limits make it another lane, so that
 * they slow down that tenant's mail and nobody else's.
 */
export function laneNameOf(entry: DirectoryEntry): string {
  const route = routeOf(primariesFor(entry));
  if (!entry.pace || entry.redirect) return route;
  const { maxConnections, maxMessagesPerMinute } = entry.pace;
  return [
    route,
    maxConnections !== null && `at most ${maxConnections} connections`,
    maxMessagesPerMinute !== null && `at most ${maxMessagesPerMinute} a minute`,
  ]
    .filter(Boolean)
    .join(' ');
}

/**
 * The strictest of what the relay allows itself, what the tenant wants and what an operator said; shared by the nodes that are
 * connected to the same primary. Each sees the others every renewal, so when another node begins, the sum may be over the limit for
 * about three seconds; and it is never below one connection and one message a minute for each node.
 */
export function laneLimits(
  { pace, redirect }: DirectoryEntry,
  settings: LaneSettings | undefined,
  mostOfTheRelay: number,
): LaneLimits {
  const wished = redirect ? undefined : pace;
  const nodes = settings?.nodes ?? 1;
  const connections = Math.min(
    mostOfTheRelay,
    wished?.maxConnections ?? Infinity,
    settings?.maxConnections ?? Infinity,
  );
  const perMinute = Math.min(
    wished?.maxMessagesPerMinute ?? Infinity,
    settings?.maxMessagesPerMinute ?? Infinity,
  );
  return {
    pausedBecause: settings?.pausedBecause ?? undefined,
    maxConnections: Math.max(1, Math.floor(connections / nodes)),
    maxMessagesPerMinute: Number.isFinite(perMinute) ? Math.max(1, Math.floor(perMinute / nodes)) : undefined,
  };
}
