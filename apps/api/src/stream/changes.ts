import type { ChannelName } from '@holdfast/database';

/** What happened since it was last told, gathered so that a drain of thousands a second is told four times a second. */
export class Changes {
  domains = new Set<string>();
  /** domain id -> outage id */
  outages = new Map<string, string>();
  /** tenants that were told something */
  notifications = new Set<string>();
  /** a notice named nothing, or notices may have been lost: everything may have changed */
  isEverything = false;

  get isEmpty(): boolean {
    return (
      !this.isEverything &&
      this.domains.size === 0 &&
      this.outages.size === 0 &&
      this.notifications.size === 0
    );
  }

  /** Takes a notice of Postgres (see channels.ts of @holdfast/database for the payloads). */
  take(channel: ChannelName, payload: Record<string, unknown>): void {
    if (channel === 'notification') {
      if (typeof payload['tenant'] === 'string') this.notifications.add(payload['tenant']);
      return;
    }
    if (channel === 'outage') {
      const { domain, outage } = payload;
      if (typeof domain !== 'string') return;
      this.outages.set(domain, String(outage));
      this.domains.add(domain);
      return;
    }
    // `null` comes from a statement that moved nothing.
    const { domains } = payload;
    if (domains === null) return;
    if (Array.isArray(domains)) for (const id of domains) this.domains.add(String(id));
    else this.isEverything = true;
  }

  /** Puts back what could not be told. */
  add(others: Changes): void {
    for (const id of others.domains) this.domains.add(id);
    for (const [domain, outage] of others.outages) this.outages.set(domain, outage);
    for (const tenant of others.notifications) this.notifications.add(tenant);
    this.isEverything ||= others.isEverything;
  }
}
