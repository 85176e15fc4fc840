import type { ClaimedDelivery } from '@holdfast/queue';

/**
 * Who is next in a lane: of each domain the oldest first, and the domains take turns, message by message. So a domain with a hundred
 * thousand messages lets one with three go first after at most one of its own.
 */
export class Turns {
  private readonly byDomain = new Map<string, ClaimedDelivery[]>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** Takes what was claimed of one domain, oldest first. */
  add(claimed: ClaimedDelivery[]): void {
    for (const delivery of claimed) {
      const line = this.byDomain.get(delivery.domainId);
      if (line) line.push(delivery);
      else this.byDomain.set(delivery.domainId, [delivery]);
    }
    this.count += claimed.length;
  }

  /** A message that was next and could not go: it is next again when its domain has its turn. */
  putBack(message: ClaimedDelivery[]): void {
    const domainId = message[0]?.domainId;
    if (domainId === undefined) return;
    this.byDomain.set(domainId, [...message, ...(this.byDomain.get(domainId) ?? [])]);
    this.count += message.length;
  }

  /** How much there is of this domain. */
  of(domainId: string): number {
    return this.byDomain.get(domainId)?.length ?? 0;
  }

  /** The next message: its deliveries, which go in one transaction. */
  next(): ClaimedDelivery[] | undefined {
    const [turn] = this.byDomain;
    if (!turn) return undefined;
    const [domainId, line] = turn;
    const end = line.findIndex(({ messageId }) => messageId !== line[0]?.messageId);
    const message = line.splice(0, end === -1 ? line.length : end);
    // To the end of the line of domains.
    this.byDomain.delete(domainId);
    if (line.length > 0) this.byDomain.set(domainId, line);
    this.count -= message.length;
    return message;
  }

  /** Takes everything out, or everything of one domain. */
  remove(domainId?: string): ClaimedDelivery[] {
    const domains = domainId === undefined ? [...this.byDomain.keys()] : [domainId];
    const removed = domains.flatMap((id) => this.byDomain.get(id) ?? []);
    for (const id of domains) this.byDomain.delete(id);
    this.count -= removed.length;
    return removed;
  }
}
