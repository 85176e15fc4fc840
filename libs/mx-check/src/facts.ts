/** Everything that a check found out, before anybody judged it. The rules read this and nothing else. */
import type { Authority } from './dns/name-servers';
import type { Origin } from './dns/origin';
import type { HostAddresses, MxRecord } from './dns/records';
import type { Known } from './known';
import type { Tlsa } from './policies/dane';
import type { MtaSts } from './policies/mta-sts';
import type { Visit } from './servers/visit';

export interface Facts {
  domain: string;
  /** our MX host names; the first is the one that we recommend */
  ours: string[];
  mx: Known<MxFacts>;
  /** by host name: all that are named as MX, ours even where they are not, and the primaries that we deliver to */
  hosts: Map<string, HostFacts>;
  /** where we deliver, as the tenant has it */
  primaries: { host: string; port: number }[];
  authority: Known<Authority>;
  /** of the zone of our own name: `separate-name-servers` compares */
  ourNameServers: Known<string[]>;
  mtaSts: Known<MtaSts>;
  tlsRpt: Known<string[]>;
  dnssec: Known<DnssecState>;
  maxMessageBytes: number;
  mayBePrivate: boolean;
}

export interface MxFacts {
  isNoName: boolean;
  isValidated: boolean;
  /** as the resolver gave them, most preferred first; bounded */
  records: MxRecord[];
  /** there were more than we look at */
  isCut: boolean;
}

export type DnssecState =
  | 'validated'
  | 'unsigned'
  /** there are signatures, and they are wrong */
  | 'bogus'
  /** the parent says that it is signed, and our resolver does not check */
  | 'not-checked';

export type Role = 'ours' | 'primary' | 'other';

export interface HostFacts {
  host: string;
  role: Role;
  /** undefined: no MX record names it */
  preference: number | undefined;
  addresses: Known<HostAddresses>;
  visit: Known<Visit>;
  /** whether somebody answered from here; where nobody does, our own way out may be closed */
  isRefused: boolean;
  tlsa: Known<Tlsa>;
  /** of its first address */
  origin: Known<Origin | undefined>;
  /** names of the address that was visited, and whether one of them leads back to it */
  reverse: Known<{ names: string[]; isConfirmed: boolean }>;
}

export const hostsOf = ({ hosts }: Facts, role: Role): HostFacts[] =>
  [...hosts.values()].filter((host) => host.role === role);

/** The host whose failure we are there for: the most preferred one that is not ours. */
export const primaryOf = (facts: Facts): HostFacts | undefined =>
  hostsOf(facts, 'primary').toSorted((a, b) => (a.preference ?? Infinity) - (b.preference ?? Infinity))[0];

/** Ours as the domain names it; the one that we recommend where it names none. */
export const ourHostOf = (facts: Facts): HostFacts | undefined => {
  const own = hostsOf(facts, 'ours');
  return own.find(({ preference }) => preference !== undefined) ?? own[0];
};

/** Whether anybody at all could be reached on the mail port: then a silence elsewhere means something. */
export const isWayOutOpen = ({ hosts }: Facts): boolean =>
  [...hosts.values()].some(({ visit, isRefused }) => visit.isKnown || isRefused);
