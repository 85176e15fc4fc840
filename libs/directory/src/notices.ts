import type { Part } from './load';

/** How one statement changed one list; with neither `added` nor `removed` it must be read anew. */
export interface ListChange {
  domain: string;
  /** of the list after it */
  revision: number;
  added?: number[];
  removed?: number[];
}

/** What Postgres announces (libs/database's channels.ts). */
export interface Notice extends Part {
  lists?: ListChange[];
}

/** What was announced and has yet to be followed, several notices as one. */
export class Notices {
  private isEverything = false;
  private readonly domains = new Set<string>();
  private readonly tenants = new Set<string>();
  private lists: ListChange[] = [];

  add({ lists, domains, tenants }: Notice): void {
    if (lists) {
      this.lists.push(...lists);
      // The domain itself did not change.
      return;
    }
    if (!domains && !tenants) this.isEverything = true;
    for (const domain of domains ?? []) this.domains.add(domain);
    for (const tenant of tenants ?? []) this.tenants.add(tenant);
  }

  get isEmpty(): boolean {
    return (
      !this.isEverything && this.domains.size === 0 && this.tenants.size === 0 && this.lists.length === 0
    );
  }

  /** Gives all of it and begins anew. */
  take(): { part: Part | undefined; lists: ListChange[] } {
    const part = this.isEverything
      ? {}
      : this.domains.size + this.tenants.size > 0
        ? { domains: [...this.domains], tenants: [...this.tenants] }
        : undefined;
    const { lists } = this;
    this.isEverything = false;
    this.domains.clear();
    this.tenants.clear();
    this.lists = [];
    return { part, lists };
  }

  /** It could not be read. Changes of lists are gone by now, so those of its domains are read with it. */
  putBack(part: Part | undefined): void {
    this.add(part ?? {});
  }
}
