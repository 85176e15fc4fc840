export { Directory, type DirectoryOptions } from './directory';
export type { DirectoryEntry, HeldByTenant, Limits, Primary } from './entry';
export { matches, RecipientList } from './recipient-list';
export { RecipientSet } from './recipient-set';
export { NextHopFinder, NoWayThere, type Hop, type HopRules } from './next-hop';
export {
  defaultFilter,
  listingOf,
  readRule,
  type Firmness,
  type Listing,
  type TenantFilter,
} from './tenant-filter';
