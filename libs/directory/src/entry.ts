/**
 * How firmly the way to a primary is encrypted. Only `none` and `opportunistic` go on without: with every other policy mail waits
 * until what was asked for can be had.
 */
export type TlsPolicy = 'none' | 'opportunistic' | 'required' | 'dane' | 'mta-sts' | 'pinned';

/** Where a domain's mail belongs. What is usual is left out, so that ten thousand plain ones cost little. */
export interface Primary {
  host: string;
  port: number;
  tlsPolicy: TlsPolicy;
  /** smaller is tried first; those that are equal share */
  preference: number;
  /** `host` is a domain whose MX records say where to */
  byMx?: true;
  /** with `pinned`: SHA-256 of public keys, in hexadecimal */
  pins?: string[];
  /** with `mta-sts`: the domain whose policy counts */
  policyDomain?: string;
  /** how the primary is told who the client was */
  tellsClient?: 'xclient' | 'xforward';
  /** id of the row that has its user name and secret */
  loginId?: string;
}

/** The stricter of what the tenant (else its plan) and the domain have; null: nobody says, the provider's default applies. */
export interface Limits {
  maxHeldMessages: number | null;
  maxHeldBytes: number | null;
  maxMessageBytes: number | null;
  maxRecipientsPerMessage: number | null;
  /** for each domain by itself */
  maxMessagesPerHour: number | null;
}

/** How fast a domain's primaries want to be given mail; null: as the relay sees fit. */
export interface PaceLimits {
  maxConnections: number | null;
  maxMessagesPerMinute: number | null;
}

/** What port 25 and the relay must know of one domain. */
export interface DirectoryEntry {
  domainId: string;
  tenantId: string;
  /** ASCII, lower case */
  name: string;
  state: 'pending' | 'active' | 'suspended';
  isTenantSuspended: boolean;
  recipientPolicy: 'any' | 'list' | 'call-ahead';
  /** for the policy `list`: `user+anything` is `user` */
  hasPlusAddressing: boolean;
  whenPrimaryUp: 'accept' | 'defer';
  /** with `defer`: after so long the same network gets in */
  deferMinutes: number;
  /** `call-ahead` found that the primary takes any address, so that its answers teach nothing; null: not asked yet */
  primaryAcceptsAll: boolean | null;
  retentionDays: number;
  /** most preferred first */
  primaries: Primary[];
  /** where its mail goes in place of the primaries, for a while */
  redirect?: Primary;
  /** left out: its tenant said nothing */
  pace?: PaceLimits;
  /** what goes to the primary bears our ARC seal, once its key is published */
  isSealed: boolean;
  limits: Limits;
}

/** What a tenant has with us at this moment, as far as Postgres knows; what waits for registration comes on top. */
export interface HeldByTenant {
  messages: number;
  bytes: number;
}
