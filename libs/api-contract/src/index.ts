/**
 * The contract between the api and whoever talks to it: `openapi.json`, made from the api's controllers, and `schema.ts`, made from
 * that. Both are committed, so that a changed API is a diff to review. To make them anew: `nx contract api-contract`.
 */
import type { components, operations, paths } from './schema';

export type { components, operations, paths };

type Schemas = components['schemas'];

/** One page of a keyset list. */
export interface Page<T> {
  items: T[];
  /** the cursor for `after`; null when this was the last page */
  next: string | null;
}

export type Me = Schemas['Me'];
export type Role = Schemas['Role'];
export type Tenant = Schemas['Tenant'];
export type NewTenant = Schemas['NewTenant'];
export type TenantChanges = Schemas['TenantChanges'];
export type NewMember = Schemas['NewMember'];
export type AddedMember = Schemas['AddedMember'];
export type Domain = Schemas['Domain'];
export type NewDomain = Schemas['NewDomain'];
export type DomainState = Schemas['DomainState'];
export type DomainCounts = Schemas['DomainCounts'];
export type RecipientPolicy = Schemas['RecipientPolicy'];
export type Primary = Schemas['Primary'];
export type TlsPolicy = Schemas['TlsPolicy'];
export type OpenOutage = Schemas['OpenOutage'];
export type Filter = Schemas['Filter'];
export type FilterChanges = Schemas['FilterChanges'];
export type FilterRule = Schemas['FilterRule'];
export type Outage = Schemas['Outage'];
export type Delivery = Schemas['Delivery'];
export type DeliveryState = Schemas['DeliveryState'];
export type DeliveryDetail = Schemas['DeliveryDetail'];
export type DeliveryStats = Schemas['DeliveryStats'];
export type MessageFacts = Schemas['MessageFacts'];
export type TrailEntry = Schemas['TrailEntry'];
export type LeverAction = Schemas['LeverAction'];
export type DeliveryAction = Schemas['DeliveryAction'];
export type Notification = Schemas['Notification'];
export type Status = Schemas['Status'];
export type NodeStatus = Schemas['NodeStatus'];
export type Demo = Schemas['Demo'];
export type DemoPrimary = Schemas['DemoPrimary'];
export type ProblemDetails = Schemas['ProblemDetails'];
export type FieldProblem = Schemas['FieldProblem'];

/** What the live stream carries, by the name of its event. */
export interface StreamEvents {
  /** by domain id; all domains in the first one, then those that moved */
  counts: Record<string, DomainCounts>;
  /** null: so many moved that they are not named */
  delivery: { domain: string | null };
  outage: { id?: string; domainId?: string };
  notification: Record<string, never>;
}
