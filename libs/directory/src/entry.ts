export interface Primary {
  host: string;
  port: number;
  tlsPolicy: 'none' | 'opportunistic' | 'required';
  preference: number;
}

/** The stricter of what the tenant and the domain have; null: neither says, the provider's default applies. */
export interface Limits {
  maxHeldMessages: number | null;
  maxHeldBytes: number | null;
  maxMessageBytes: number | null;
  maxRecipientsPerMessage: number | null;
  /** for each domain by itself */
  maxMessagesPerHour: number | null;
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
  limits: Limits;
}

/** What a tenant has with us at this moment, as far as Postgres knows; what waits for registration comes on top. */
export interface HeldByTenant {
  messages: number;
  bytes: number;
}
