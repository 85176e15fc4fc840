import type { NotifyOn, ReportedPart } from '@holdfast/mail';
import type { ContentInPlace } from './record';

/** One recipient of a spooled message. Its place in the list is its number for ever: ids of deliveries are made of it. */
export interface SpooledRecipient {
  /** local part as the sender wrote it, domain in ASCII */
  address: string;
  domainId: string;
  /** how long we go on trying, agreed when we took the message */
  retentionDays: number;
  /** of what the sender wants to hear for this recipient (NOTIFY, RFC 3461); absent: it did not say */
  notify?: NotifyOn[];
  /** whom the mail was first meant for (ORCPT, RFC 3461), such as `rfc822;bob@example.test`, decoded */
  originalRecipient?: string;
}

/** Who handed us the message, for the trail, for a later scan and for reports. */
export interface SpooledClient {
  address: string;
  /** name from PTR, where it was looked up */
  name?: string;
  helo: string;
  /** ESMTP, ESMTPS, ... (RFC 3848) */
  protocol: string;
  /** such as `TLSv1.3, TLS_AES_256_GCM_SHA384` */
  tls?: string;
}

export type ScanVerdict = 'clean' | 'unscanned' | 'not-scanned' | 'spam' | 'infected';

/**
 * All we know about a message beside its body. Written once with the body; what happens to its deliveries afterwards is in
 * Postgres. It must stay readable by later versions: add optional fields, never change the meaning of one.
 */
export interface SpooledEnvelope {
  tenantId: string;
  /** empty for the null sender */
  sender: string;
  recipients: SpooledRecipient[];
  client: SpooledClient;
  /** when DATA ended, ISO 8601 */
  receivedAt: string;
  /** octets of the stored body, our header lines included */
  bytes: number;
  /** the sender asked for SMTPUTF8 (RFC 6531): the primary must know it too */
  isSmtpUtf8?: boolean;
  /** the sender declared BODY=8BITMIME (RFC 6152) */
  is8BitMime?: boolean;
  /** the sender's name for this transaction (ENVID, RFC 3461), decoded; goes into every report about it */
  envelopeId?: string;
  /** what the sender wants back in a report of failure (RET, RFC 3461); absent: ours to choose */
  ret?: ReportedPart;
  /** the sender forbids any way without verified TLS (RFC 8689) */
  requireTls?: boolean;
  scan: ScanVerdict;
  score?: number;
  requiredScore?: number;
  /** names of what the scanner noticed, with what each added to the score */
  symbols?: Record<string, number>;
  /** put aside for the tenant instead of being delivered, and why */
  quarantine?: string;
}

export interface SpoolEntry {
  /** UUID version 7 of the message */
  id: string;
  envelope: SpooledEnvelope;
  /** the message as it will be delivered; several parts are stored one after the other */
  body: Uint8Array | readonly Uint8Array[] | ContentInPlace;
}
