/**
 * How firmly a tenant wants to be guarded, and whom it allows or blocks; decided from memory.
 *
 * A rule is an address (`ada@sender.test`), a domain (`sender.test`, its subdomains too), an IP address or a network in CIDR
 * notation. Whoever is in both lists is allowed: a tenant that makes an exception means it.
 */
import { BlockList, isIP } from 'node:net';
import { foldLocalPart, parseAddress } from '@holdfast/mail';
import ipaddr from 'ipaddr.js';

export type Firmness = 'refuse' | 'defer' | 'quarantine';

export interface TenantFilter {
  spam: Firmness | 'tag';
  malware: Firmness;
  /** who is on the tenant's block list */
  blocked: Firmness;
  /** whose server is on a DNS block list of the provider's */
  blockList: Firmness | 'accept';
  /** a sender that claims to be in the held domain itself, and cannot show it */
  ownDomain: Firmness | 'accept';
  /** a recipient that the primary did not know when it was asked */
  unknownRecipient: 'refuse' | 'defer';
  /** null: as rspamd is configured */
  rejectScore: number | null;
  tagScore: number | null;
  allow: string[];
  block: string[];
}

/** What holds for a tenant that said nothing; one object for all of them. */
export const defaultFilter: TenantFilter = Object.freeze({
  spam: 'refuse',
  malware: 'refuse',
  blocked: 'refuse',
  blockList: 'refuse',
  ownDomain: 'accept',
  unknownRecipient: 'refuse',
  rejectScore: null,
  tagScore: null,
  allow: [],
  block: [],
});

/** By what a sender is on a list. A network cannot be forged; a sender's address can. */
export type ListedBy = 'sender' | 'network';
export type Listing = { list: 'allow' | 'block'; by: ListedBy };

/** Whether a tenant lists this client or this sender. @param sender '' is the null sender, which only its network can list */
export function listingOf(filter: TenantFilter, sender: string, clientAddress: string): Listing | undefined {
  for (const list of ['allow', 'block'] as const) {
    if (filter[list].length === 0) continue;
    const by = matcherOf(filter[list]).find(sender, clientAddress);
    if (by) return { list, by };
  }
  return undefined;
}

/**
 * A rule as it is kept: lower case, domains in ASCII, a network by its first address and its prefix.
 * @returns undefined for what is no rule
 */
export function readRule(text: string): string | undefined {
  const rule = text.trim().toLowerCase();
  const network = readNetwork(rule);
  if (network) return network.bits === undefined ? network.address : `${network.address}/${network.bits}`;
  if (/[/\s]/.test(rule)) return undefined;
  if (rule.includes('@') && !rule.startsWith('@')) {
    const parsed = parseAddress(rule);
    return parsed && `${foldLocalPart(parsed.local)}@${parsed.domain}`;
  }
  const domain = parseAddress(`x@${rule.replace(/^@/, '')}`)?.domain;
  // No domain ends in a number: it was to be an address, and would never match as this.
  return domain !== undefined && !/(^|\.)\d+$/.test(domain) ? domain : undefined;
}

interface Network {
  address: string;
  bits: number | undefined;
  family: 'ipv4' | 'ipv6';
}

function readNetwork(rule: string): Network | undefined {
  const [text = '', bits, ...more] = rule.split('/');
  if (isIP(text) === 0 || text.includes('%') || more.length > 0) return undefined;
  if (bits === undefined) {
    // An IPv4 client on a socket for both families is IPv4 here.
    const address = ipaddr.process(text);
    return { address: spelling(address), bits: undefined, family: address.kind() };
  }
  const address = ipaddr.parse(text);
  const family = address.kind();
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > (family === 'ipv4' ? 32 : 128)) return undefined;
  const first = (family === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6).networkAddressFromCIDR(rule);
  return { address: spelling(first), bits: Number(bits), family };
}

/** One network, one spelling: or a rule that was made as `2001:db8::/32` could not be forgotten as `2001:DB8:0::/32`. */
const spelling = (address: ipaddr.IPv4 | ipaddr.IPv6): string =>
  address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();

// Made when a list is first asked, and gone with the list: the snapshot itself stays plain data.
const matchers = new WeakMap<string[], Matcher>();

function matcherOf(rules: string[]): Matcher {
  let matcher = matchers.get(rules);
  if (!matcher) matchers.set(rules, (matcher = new Matcher(rules)));
  return matcher;
}

class Matcher {
  private readonly senders = new Set<string>();
  private readonly networks = new BlockList();

  constructor(rules: string[]) {
    for (const rule of rules) {
      const network = readNetwork(rule);
      if (!network) this.senders.add(rule);
      else if (network.bits === undefined) this.networks.addAddress(network.address, network.family);
      else this.networks.addSubnet(network.address, network.bits, network.family);
    }
  }

  find(sender: string, clientAddress: string): ListedBy | undefined {
    // An IPv4 client on a socket for both families is written as IPv6; a zone means nothing outside this machine.
    const address = clientAddress.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
    const version = isIP(address);
    if (version !== 0 && this.networks.check(address, version === 4 ? 'ipv4' : 'ipv6')) return 'network';
    const parsed = parseAddress(sender);
    if (!parsed) return undefined;
    if (this.senders.has(`${foldLocalPart(parsed.local)}@${parsed.domain}`)) return 'sender';
    for (let name = parsed.domain; name !== ''; name = name.replace(/^[^.]*\.?/, ''))
      if (this.senders.has(name)) return 'sender';
    return undefined;
  }
}
