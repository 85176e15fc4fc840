import type { DirectoryEntry } from './entry';
import type { RecipientList } from './recipient-list';

/** All that is known, found by what it is asked for. */
export class Snapshot {
  readonly byName = new Map<string, DirectoryEntry>();
  readonly byDomainId = new Map<string, DirectoryEntry>();
  readonly lists = new Map<string, RecipientList>();

  put(entry: DirectoryEntry): void {
    const before = this.byDomainId.get(entry.domainId);
    if (before && before.name !== entry.name) this.byName.delete(before.name);
    this.byDomainId.set(entry.domainId, entry);
    this.byName.set(entry.name, entry);
    if (entry.recipientPolicy !== 'list') this.lists.delete(entry.domainId);
  }

  forget(domainId: string): void {
    const entry = this.byDomainId.get(domainId);
    if (!entry) return;
    this.byDomainId.delete(domainId);
    // The name may belong to somebody else by now.
    if (this.byName.get(entry.name) === entry) this.byName.delete(entry.name);
    this.lists.delete(domainId);
  }

  ofTenants(tenantIds: readonly string[]): string[] {
    const tenants = new Set(tenantIds);
    return [...this.byDomainId.values()]
      .filter(({ tenantId }) => tenants.has(tenantId))
      .map(({ domainId }) => domainId);
  }
}
