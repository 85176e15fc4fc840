/** TLSA records of a mail server (RFC 7672), and whether the certificate that it shows fits them. */
import { createHash, X509Certificate } from 'node:crypto';
import type { DnsClient } from '../dns/dns-client';
import type { Certificate } from '../servers/smtp-talk';

export interface TlsaRecord {
  usage: number;
  selector: number;
  matchingType: number;
  data: Buffer;
}

export interface Tlsa {
  records: TlsaRecord[];
  /** by DNSSEC; senders pass over records that are not */
  isValidated: boolean;
}

export const tlsaName = (host: string): string => `_25._tcp.${host}`;

/** @throws LookUpFailed */
export async function findTlsa(dns: DnsClient, host: string): Promise<Tlsa> {
  const { records, isValidated } = await dns.look(tlsaName(host), 'TLSA');
  return {
    records: records.map(({ data: { certificate, ...numbers } }) => ({ ...numbers, data: certificate })),
    isValidated,
  };
}

/** Usages 0 and 1 are not for mail (RFC 7672 section 3.1.3): senders treat them as unusable. */
export const isUsable = ({ usage }: TlsaRecord): boolean => usage === 2 || usage === 3;

/** Whether one of the records stands for what the server shows. */
export function fits(
  records: TlsaRecord[],
  { chain, isForHost, validTo }: Certificate,
  now = new Date(),
): boolean {
  return records.filter(isUsable).some((record) => {
    const matching = chain.filter((der) => isMatch(record, der));
    // Usage 3 is about the server's own certificate and nothing else: neither its name nor its date counts (section 3.1.1).
    if (record.usage === 3) return chain[0] !== undefined && matching.includes(chain[0]);
    return matching.length > 0 && isForHost && validTo > now;
  });
}

/** `3 1 1 <hex>`: what to publish for this certificate. */
export function recordFor({ chain: [own] }: Certificate): string | undefined {
  return own && `3 1 1 ${createHash('sha256').update(publicKeyOf(own)).digest('hex')}`;
}

function isMatch({ selector, matchingType, data }: TlsaRecord, der: Buffer): boolean {
  const chosen = selector === 0 ? der : selector === 1 ? publicKeyOf(der) : undefined;
  if (!chosen) return false;
  if (matchingType === 0) return chosen.equals(data);
  const algorithm = matchingType === 1 ? 'sha256' : matchingType === 2 ? 'sha512' : undefined;
  return algorithm !== undefined && createHash(algorithm).update(chosen).digest().equals(data);
}

const publicKeyOf = (der: Buffer): Buffer =>
  new X509Certificate(der).publicKey.export({ type: 'spki', format: 'der' });
