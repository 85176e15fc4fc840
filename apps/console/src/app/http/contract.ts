/** The shapes that the console reads from `/api/v1`. Times are ISO 8601 in UTC, sizes are bytes. */

export type DeliveryState =
  'held' | 'sending' | 'quarantined' | 'delivered' | 'refused' | 'expired' | 'discarded';
export type DomainState = 'pending' | 'active' | 'suspended';

export interface Page<T> {
  readonly items: readonly T[];
  /** Cursor of the next page, for `after`; null when this was the last. */
  readonly next: string | null;
}

export interface Counts {
  readonly held: number;
  readonly heldBytes: number;
  readonly sending: number;
  readonly quarantined: number;
  readonly delivered: number;
  readonly refused: number;
  readonly expired: number;
  readonly discarded: number;
}

export interface Primary {
  readonly host: string;
  readonly port: number;
  readonly tlsPolicy: 'none' | 'opportunistic' | 'required';
}

export interface Domain {
  readonly id: string;
  readonly domain: string;
  readonly tenant: string;
  readonly state: DomainState;
  readonly recipientPolicy: 'any' | 'list' | 'call-ahead';
  readonly primaries: readonly Primary[];
  readonly counts: Counts;
  readonly outage: null | Pick<Outage, 'id' | 'beganAt' | 'noticedAt' | 'cause' | 'messagesHeld'>;
  /** When the oldest message that waits would be given up; null when nothing waits. */
  readonly oldestExpiresAt?: string | null;
  /** How long a message may wait before it is given up. */
  readonly retentionDays?: number;
}

export interface Outage {
  readonly id: string;
  readonly domain: string;
  readonly tenant?: string;
  readonly beganAt: string;
  readonly noticedAt: string;
  readonly endedAt: string | null;
  /** When the last message that the outage left with us was settled. */
  readonly drainedAt: string | null;
  readonly cause: string;
  readonly messagesHeld: number;
  readonly delivered: number;
}

export interface Delivery {
  readonly deliveryId: string;
  readonly messageId: string;
  readonly domain: string;
  readonly sender: string;
  readonly recipient: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
  readonly lastReply: string | null;
  readonly receivedAt: string;
  readonly bytes: number;
  readonly settledAt?: string | null;
  /** Held by a person's word: no schedule and no recovery takes it out. */
  readonly isParked?: boolean;
}

export interface TrailEntry {
  readonly at: string;
  readonly event: string;
  readonly text: string;
  readonly reply?: string | null;
  readonly primary?: string | null;
}

export interface DeliveryDetail extends Delivery {
  readonly trail: readonly TrailEntry[];
  readonly message?: MessageFacts;
  readonly expiresAt?: string | null;
}

export interface MessageFacts {
  readonly clientAddress?: string | null;
  readonly clientName?: string | null;
  readonly helo?: string | null;
  readonly tls?: string | null;
  readonly scan?: 'clean' | 'unscanned' | 'not-scanned' | 'spam' | 'infected';
  readonly score?: number | null;
}

export interface Notification {
  readonly id: string;
  readonly kind: string;
  readonly recipient: string;
  readonly subject: string;
  readonly createdAt: string;
  readonly sentAt: string | null;
  readonly lastError: string | null;
  readonly skippedBecause?: string | null;
}

export interface Me {
  readonly user: { readonly id: string; readonly email: string; readonly name: string };
  readonly isOperator: boolean;
  readonly tenants: readonly { readonly id: string; readonly name: string; readonly role: string }[];
}

export type LeverAction = 'retry' | 'hold' | 'release' | 'discard';
