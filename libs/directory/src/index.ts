export { Directory, type DirectoryOptions } from './directory';
export { isOwnAddress } from './addresses';
export type { DirectoryEntry, HeldByTenant, Limits, PaceLimits, Primary, TlsPolicy } from './entry';
export { LookUp, type AnswerMemory } from './look-up';
export { GoesInACircle, NoWayThere } from './no-way-there';
export { primariesOf } from './primaries-sql';
export { RememberedAnswers } from './remembered-answers';
export { SecretBox, secretBoxKeyFile } from './secret-box';
export { matches, RecipientList } from './recipient-list';
export { RecipientSet } from './recipient-set';
export { NextHopFinder, routeOf, type Hop, type HopRules } from './next-hop';
export {
  defaultFilter,
  listingOf,
  readRule,
  type Firmness,
  type Listing,
  type TenantFilter,
} from './tenant-filter';
