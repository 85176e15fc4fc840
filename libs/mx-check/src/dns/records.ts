/** The look-ups of a check, in the words of mail. */
import ipaddr from 'ipaddr.js';
import { asciiDomain } from '@holdfast/mail';
import type { DnsClient, Found } from './dns-client';

export interface MxRecord {
  preference: number;
  /** ASCII, lower case, no final dot; empty: the null MX (RFC 7505) */
  host: string;
  ttlSeconds: number;
}

export interface HostAddress {
  address: string;
  ttlSeconds: number;
}

export interface HostAddresses {
  addresses: HostAddress[];
  /** the name is not there at all */
  isNoName: boolean;
  /** what the name stands for, where it is an alias */
  aliases: string[];
  isValidated: boolean;
}

/** A stranger's zone may hold hundreds; who is further back is hardly ever tried. */
const mostAddresses = 8;

export const mxRecords = ({ records }: Pick<Found<'MX'>, 'records'>): MxRecord[] =>
  records
    .map(({ data, ttl }) => ({
      preference: data.preference ?? 0,
      host: plainName(data.exchange),
      ttlSeconds: ttl ?? 0,
    }))
    .sort((a, b) => a.preference - b.preference || (a.host < b.host ? -1 : 1));

/** As it is compared; a name that is none stays as it is, and is then found to be none. */
export const plainName = (name: string): string => asciiDomain(name) ?? name.toLowerCase().replace(/\.$/, '');

/** @throws LookUpFailed when neither family could be looked up */
export async function addressesOf(dns: DnsClient, host: string): Promise<HostAddresses> {
  const [four, six] = await Promise.allSettled([dns.look(host, 'A'), dns.look(host, 'AAAA')]);
  const found = [four, six].flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const [first] = found;
  if (!first || (found.length === 1 && first.records.length === 0)) {
    throw (four.status === 'rejected' ? four : (six as PromiseRejectedResult)).reason;
  }
  const addresses = found
    .flatMap(({ records }) => records as { data: string; ttl?: number }[])
    .map(({ data, ttl }) => ({ address: data, ttlSeconds: ttl ?? 0 }));
  return {
    addresses: addresses.slice(0, mostAddresses),
    isNoName: found.every(({ status }) => status === 'no-name'),
    aliases: found.find(({ aliases }) => aliases.length > 0)?.aliases ?? [],
    isValidated: found.every(({ isValidated }) => isValidated),
  };
}

/** Texts of a name, each put together from its strings. */
export async function textsOf(dns: DnsClient, name: string): Promise<string[]> {
  const { records } = await dns.look(name, 'TXT');
  return records.map(({ data }) =>
    Buffer.concat([data].flat().map((part) => Buffer.from(part))).toString('utf8'),
  );
}

/** `25.2.0.192.in-addr.arpa`, or below another zone: the form in which addresses are asked about (RFC 1035 section 3.5). */
export function reverseName(address: string, zones = { v4: 'in-addr.arpa', v6: 'ip6.arpa' }): string {
  const parsed = ipaddr.process(address);
  const bytes = parsed.toByteArray();
  if (parsed.kind() === 'ipv4') return `${bytes.reverse().join('.')}.${zones.v4}`;
  const nibbles = bytes.flatMap((byte) => [byte >> 4, byte & 15]).map((nibble) => nibble.toString(16));
  return `${nibbles.reverse().join('.')}.${zones.v6}`;
}
