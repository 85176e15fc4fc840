import type { SecureContext } from 'node:tls';
import type { Login } from './auth';
import type { TlsDemand } from './tls-demand';

export interface ConversationSettings {
  /** our name in EHLO */
  hostname: string;
  connectTimeoutMs: number;
  /** RFC 5321 section 4.5.3.2.1 grants five minutes; a server that takes half of one is as good as not there */
  greetingTimeoutMs: number;
  /** section 4.5.3.2.2 and the following: five minutes for MAIL and RCPT */
  commandTimeoutMs: number;
  /** section 4.5.3.2.6: ten minutes after the final dot, because the server may have much to do then */
  dataTimeoutMs: number;
  /** which authorities count, and which versions of TLS; made once, because making it costs more than a handshake */
  secureContext?: SecureContext | undefined;
}

/** What is particular to this connection. */
export interface Manner {
  tls: TlsDemand;
  /**
   * That this host is the right one is not only DNS's word: its tenant named it, or DANE, MTA-STS or a pin stand behind it. Otherwise
   * whoever can answer for DNS could name a server of his own, with a certificate that holds.
   */
  isNameTrusted: boolean;
  login?: Login | undefined;
  /** whether a server that calls itself so is ourselves */
  isOurselves(name: string): boolean;
  /** throws when this very address must not be talked to */
  admit(address: string): void;
  /** for people who test a connection */
  onStep?: ((step: string, found: string) => void) | undefined;
}
