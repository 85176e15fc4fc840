export interface Primary {
  host: string;
  port: number;
  tlsPolicy: 'none' | 'opportunistic' | 'required';
  preference: number;
}

export interface Limits {
  /** null: the provider's default applies */
  maxHeldMessages: number | null;
  maxHeldBytes: number | null;
  maxMessageBytes: number | null;
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
