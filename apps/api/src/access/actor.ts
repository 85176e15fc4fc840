import { NotAllowed } from '../http/problem';

export const roles = ['owner', 'admin', 'member', 'billing', 'auditor'] as const;
export type Role = (typeof roles)[number];

export interface Membership {
  tenantId: string;
  tenant: string;
  role: Role;
}

/** The provider's staff. */
export interface Operator {
  kind: 'operator';
  /** the one tenant that this request is about, when it named one */
  tenant?: { id: string; name: string };
}

/** A person with a session, and the tenants this request may speak for: all of theirs, or the one that it named. */
export interface Person {
  kind: 'person';
  id: string;
  email: string;
  name: string;
  memberships: Membership[];
}

/** Who is asking; the first argument of every service method. */
export type Actor = Operator | Person;

/**
 * What a role may do. An auditor reads everything; billing sees how much is held and never whose mail it is. What is not in this table
 * only an operator does: making tenants, their limits, vouching for a domain, letting people in.
 */
const permissions = {
  'read-overview': ['owner', 'admin', 'member', 'billing', 'auditor'],
  'read-messages': ['owner', 'admin', 'member', 'auditor'],
  'move-messages': ['owner', 'admin', 'member'],
  'change-domains': ['owner', 'admin'],
  'change-filters': ['owner', 'admin'],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof permissions;

/**
 * The first line of a service method: the same actor, with only those tenants left where they may do this.
 * @throws NotAllowed when that leaves nothing
 */
export function permit<A extends Actor>(actor: A, permission: Permission): A {
  if (actor.kind === 'operator') return actor;
  const allowed: readonly Role[] = permissions[permission];
  const memberships = actor.memberships.filter(({ role }) => allowed.includes(role));
  if (memberships.length === 0) throw new NotAllowed('Your role does not allow this.');
  return { ...actor, memberships };
}

/** @throws NotAllowed for everybody but the provider's staff */
export function onlyOperator(actor: Actor): Operator {
  if (actor.kind !== 'operator') throw new NotAllowed('Only an operator of the provider may do this.');
  return actor;
}

/** For the log. */
export function byWhom(actor: Actor): string {
  return actor.kind === 'operator' ? 'operator' : actor.id;
}
