import type { DeliveryState } from '../http/contract';
import { deliveryStates } from '../ui/tones';

/** What the messages page shows, as it stands in the address. */
export interface Filters {
  readonly domain: string | undefined;
  readonly state: DeliveryState | undefined;
}

/** Reads filters from the address. A word that is no state (an old bookmark, a typing error) filters nothing. */
export function filtersFrom(query: {
  readonly domain?: string | undefined;
  readonly state?: string | undefined;
}): Filters {
  const state = deliveryStates.find((known) => known === query.state);
  const domain = query.domain?.trim().toLowerCase();
  return { domain: domain || undefined, state };
}

/** The same filters for the address; null takes a parameter away. */
export function queryOf(filters: Filters): { domain: string | null; state: DeliveryState | null } {
  return { domain: filters.domain ?? null, state: filters.state ?? null };
}

/** The same filters for the api. */
export function paramsOf(filters: Filters): Record<string, string> {
  return {
    limit: '50',
    ...(filters.domain && { domain: filters.domain }),
    ...(filters.state && { state: filters.state }),
  };
}
