import { readFile, rename, writeFile } from 'node:fs/promises';
import type pg from 'pg';
import { loadFilters } from './load-filters';
import { defaultFilter, type TenantFilter } from './tenant-filter';

/** The wishes of all tenants that have any, in memory, with a last good copy on disk. */
export class TenantFilters {
  private byTenant = new Map<string, TenantFilter>();

  of(tenantId: string): TenantFilter {
    return this.byTenant.get(tenantId) ?? defaultFilter;
  }

  /** Reads them anew: all, or those of some tenants. */
  async read(pool: pg.Pool, tenants?: string[]): Promise<void> {
    if (tenants?.length === 0) return;
    const read = await loadFilters(pool, tenants);
    if (!tenants) {
      this.byTenant = read;
      return;
    }
    for (const tenantId of tenants) {
      const filter = read.get(tenantId);
      if (filter) this.byTenant.set(tenantId, filter);
      else this.byTenant.delete(tenantId);
    }
  }

  /** Writes beside and moves into place, so that there is always a whole copy. */
  async save(file: string): Promise<void> {
    const beside = `${file}.${process.pid}`;
    await writeFile(beside, JSON.stringify([...this.byTenant]), { mode: 0o600 });
    await rename(beside, file);
  }

  /**
   * A copy that is missing or damaged leaves the provider's defaults, which refuse more than they take; so do choices that a copy
   * from before an upgrade does not have.
   */
  async restore(file: string): Promise<void> {
    try {
      const copy = JSON.parse(await readFile(file, 'utf8')) as [string, Partial<TenantFilter>][];
      this.byTenant = new Map(copy.map(([tenantId, filter]) => [tenantId, { ...defaultFilter, ...filter }]));
    } catch {
      this.byTenant = new Map();
    }
  }
}
