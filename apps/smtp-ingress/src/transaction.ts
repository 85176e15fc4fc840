import type { DirectoryEntry } from '@holdfast/directory';
import type { NotifyOn, ReportedPart } from '@holdfast/mail';

/** Who is on the line. */
export interface Client {
  sessionId: string;
  address: string;
  /** what a listed XCLIENT peer says that its name is; we look up none ourselves */
  name?: string;
  helo: string;
  isEsmtp: boolean;
  tls?: { version: string; cipher: string };
}

export interface AcceptedRecipient {
  /** local part as the sender wrote it, domain in ASCII */
  address: string;
  entry: DirectoryEntry;
  /** NOTIFY (RFC 3461) */
  notify?: NotifyOn[];
  /** ORCPT (RFC 3461), decoded */
  originalRecipient?: string;
}

/** From MAIL to the reply after DATA. A new MAIL begins a new one; RSET and EHLO throw it away. */
export interface Transaction {
  client: Client;
  /** '' is the null sender */
  sender: string;
  /** what SIZE promised, in octets; 0 when nothing was said */
  declaredBytes: number;
  isSmtpUtf8: boolean;
  is8BitMime: boolean;
  /** no way without verified TLS (RFC 8689) */
  requireTls: boolean;
  /** ENVID (RFC 3461), decoded */
  envelopeId?: string;
  /** RET (RFC 3461) */
  ret?: ReportedPart;
  /** by address, folded, so that one who is named twice gets one copy */
  recipients: Map<string, AcceptedRecipient>;
}
