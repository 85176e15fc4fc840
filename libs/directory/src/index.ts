export { Directory, type DirectoryOptions } from './directory';
export type { DirectoryEntry, HeldByTenant, Limits, Primary } from './entry';
export { RecipientSet } from './recipient-set';
export { isPrivateAddress, NextHopFinder, NoWayThere, type Hop, type HopRules } from './next-hop';
