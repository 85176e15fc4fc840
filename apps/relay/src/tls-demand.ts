import { createHash, X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { verifyCertAgainstTlsa } from 'mx-connect/lib/dane.js';
import { NotAsDemanded } from './words-for-failures';

/** A TLSA record (RFC 6698). */
export interface TlsaRecord {
  usage: number;
  selector: number;
  matchingType: number;
  data: Buffer;
}

/** What one connection must be, by its primary's policy and what DNS and the domain say today. */
export type TlsDemand =
  | { kind: 'none' }
  | { kind: 'opportunistic' }
  /** a certificate for the host's name, from an authority that we know */
  | { kind: 'certificate' }
  | { kind: 'pinned'; pins: readonly string[] }
  | { kind: 'dane'; records: readonly TlsaRecord[] };

/** How encryption went, in the words of RFC 8460 section 4.3, and three of our own for what it has none for. */
export type TlsResult =
  | 'successful'
  | 'starttls-not-supported'
  | 'certificate-host-mismatch'
  | 'certificate-expired'
  | 'certificate-not-trusted'
  | 'validation-failure'
  | 'tlsa-invalid'
  | 'dnssec-invalid'
  | 'dane-required'
  | 'sts-policy-fetch-error'
  | 'sts-policy-invalid'
  | 'sts-webpki-invalid'
  | 'pin-mismatch';

/** The primary is there, and is not what its policy demands; the mail waits. */
export class TlsFailed extends NotAsDemanded {
  constructor(
    readonly result: TlsResult,
    message: string,
  ) {
    super(`TLS failed: ${message}`);
  }
}

/** What the handshake brought. */
export interface Encryption {
  /** such as `TLSv1.3, TLS_AES_256_GCM_SHA384` */
  text: string;
  /** how the server proved who it is; undefined: it did not, and nobody asked */
  provenBy: 'certificate' | 'dane' | 'pin' | undefined;
  /** for people: whose certificate it is, and until when */
  certificate: string;
  /** why its certificate proves nothing, where no proof was demanded */
  doubt: TlsFailed | undefined;
}

/** @throws TlsFailed when the server is not what was demanded */
export function judge(socket: TLSSocket, demand: TlsDemand, host: string): Encryption {
  const peer = socket.getPeerCertificate(true);
  if (!peer?.raw) throw new TlsFailed('validation-failure', 'the server shows no certificate');
  const leaf = new X509Certificate(peer.raw);
  const cipher = socket.getCipher();
  const doubt = doubtOf(socket, leaf, host);
  let provenBy: Encryption['provenBy'];
  if (demand.kind === 'pinned') provenBy = proveByPin(leaf, demand.pins);
  else if (demand.kind === 'dane') provenBy = proveByDane(peer, leaf, demand.records, host);
  else if (!doubt) provenBy = 'certificate';
  else if (demand.kind === 'certificate') throw doubt;
  return {
    text: `${socket.getProtocol() ?? 'TLS'}, ${cipher.standardName ?? cipher.name}`,
    provenBy,
    certificate: `${namesOf(leaf)}, until ${new Date(leaf.validTo).toISOString().slice(0, 10)}`,
    doubt,
  };
}

/** SHA-256 of the public key (SubjectPublicKeyInfo), in hexadecimal: what a pin is. */
export function pinOf(certificate: X509Certificate): string {
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('hex');
}

function proveByPin(leaf: X509Certificate, pins: readonly string[]): 'pin' {
  const found = pinOf(leaf);
  if (!pins.includes(found))
    throw new TlsFailed('pin-mismatch', `the server's key is not the pinned one (it is sha256:${found})`);
  return 'pin';
}

const trustAnchor = 2;
const endEntity = 3;

// RFC 7672 section 3.1: usages 0 and 1 mean nothing between mail servers. With usage 3 the record is all that counts, not the name and
// not the date (section 3.1.1); with usage 2 both count (section 3.1.2).
function proveByDane(
  peer: DetailedPeerCertificate,
  leaf: X509Certificate,
  records: readonly TlsaRecord[],
  host: string,
): 'dane' {
  // Usage 3 first: where it matches, name and date are no matter.
  const usable = [endEntity, trustAnchor].flatMap((usage) => records.filter((one) => one.usage === usage));
  if (usable.length === 0)
    throw new TlsFailed('tlsa-invalid', `the TLSA records of ${host} have no usage that mail servers know`);
  const { valid, matchedRecord } = verifyCertAgainstTlsa(leaf, usable, issuersOf(peer));
  if (!valid)
    throw new TlsFailed(
      'tlsa-invalid',
      `the server's certificate is not the one in the TLSA records of ${host}`,
    );
  if (matchedRecord?.usage === endEntity) return 'dane';
  if (!leaf.checkHost(host))
    throw new TlsFailed(
      'certificate-host-mismatch',
      `the certificate is for ${namesOf(leaf)}, not for ${host}`,
    );
  if (Date.parse(leaf.validTo) < Date.now()) throw new TlsFailed('certificate-expired', expired(leaf));
  return 'dane';
}

function issuersOf(peer: DetailedPeerCertificate): X509Certificate[] {
  const issuers: X509Certificate[] = [];
  // The last one names itself as its issuer. Bounded: a stranger sent the chain.
  for (
    let at = peer;
    at.issuerCertificate && at.issuerCertificate !== at && issuers.length < 10;
    at = at.issuerCertificate
  )
    issuers.push(new X509Certificate(at.issuerCertificate.raw));
  return issuers;
}

function doubtOf(socket: TLSSocket, leaf: X509Certificate, host: string): TlsFailed | undefined {
  if (socket.authorized) return undefined;
  const error = socket.authorizationError as (Error & { code?: string }) | string | null;
  const code = typeof error === 'string' ? error : (error?.code ?? '');
  if (code === 'CERT_HAS_EXPIRED') return new TlsFailed('certificate-expired', expired(leaf));
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return new TlsFailed(
      'certificate-host-mismatch',
      `the certificate is for ${namesOf(leaf)}, not for ${host}`,
    );
  if (/SELF_SIGNED/.test(code))
    return new TlsFailed('certificate-not-trusted', 'the certificate is signed by nobody but itself');
  if (/UNABLE_TO|CERT_UNTRUSTED|INVALID_CA/.test(code))
    return new TlsFailed(
      'certificate-not-trusted',
      'the certificate is from an authority that we do not know',
    );
  return new TlsFailed(
    'validation-failure',
    `the certificate does not hold (${code || 'for no known reason'})`,
  );
}

const expired = (leaf: X509Certificate): string =>
  `the certificate expired on ${new Date(leaf.validTo).toISOString().slice(0, 10)}`;

function namesOf(leaf: X509Certificate): string {
  const names = leaf.subjectAltName?.replace(/(DNS|IP Address):/g, '') ?? /CN=(.*)/.exec(leaf.subject)?.[1];
  return (names ?? 'nobody').slice(0, 200);
}
