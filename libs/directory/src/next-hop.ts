import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { isPrivateAddress } from '@holdfast/mail';
import ipaddr from 'ipaddr.js';
import type { Primary } from './entry';

/** One place to connect to. */
export interface Hop {
  /** as the tenant wrote it: for TLS names and for people */
  host: string;
  /** what is connected to; resolved once and then kept, so that a DNS answer that changes cannot lead elsewhere */
  address: string;
  port: number;
  tlsPolicy: Primary['tlsPolicy'];
}

export interface HopRules {
  /** `host:port`, as HOLDFAST_DNS_SERVERS has them; none: the system's */
  dnsServers: string[];
  /** HOLDFAST_ALLOW_PRIVATE_PRIMARIES */
  allowPrivate: boolean;
  /** where we ourselves take mail: a primary that leads there is a loop */
  ownPort: number;
}

/** Why a primary cannot be tried at all; the sentence is for the tenant. */
export class NoWayThere extends Error {}

const dnsTimeoutMs = 5_000;

/** Finds the addresses of primaries, and refuses those that a tenant must not send us to. */
export class NextHopFinder {
  private readonly resolver = new Resolver({ timeout: dnsTimeoutMs, tries: 2 });

  constructor(private readonly rules: HopRules) {
    if (rules.dnsServers.length > 0) this.resolver.setServers(rules.dnsServers);
  }

  /**
   * Where to connect for a domain's mail, in order of preference.
   * @throws NoWayThere when no primary leaves anything to try, with the reason of the most preferred one
   */
  async find(primaries: Primary[]): Promise<Hop[]> {
    const hops: Hop[] = [];
    const reasons: string[] = [];
    for (const primary of primaries) {
      try {
        for (const address of await this.addressesOf(primary.host)) {
          const reason = this.refusalOf(address, primary.port);
          if (reason) reasons.push(`${primary.host} (${address}) ${reason}`);
          else hops.push({ host: primary.host, address, port: primary.port, tlsPolicy: primary.tlsPolicy });
        }
      } catch (error) {
        reasons.push((error as Error).message);
      }
    }
    if (hops.length === 0) throw new NoWayThere(reasons[0] ?? 'the domain has no primary');
    return hops;
  }

  private async addressesOf(host: string): Promise<string[]> {
    const literal = host.replace(/^\[|\]$/g, '');
    if (isIP(literal)) return [literal];
    const answers = await Promise.allSettled([this.resolver.resolve4(host), this.resolver.resolve6(host)]);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (addresses.length > 0) return addresses;
    const codes = answers.map((answer) =>
      answer.status === 'rejected' ? (answer.reason as { code?: string }).code : '',
    );
    const isAnswered = codes.every((code) => code === 'ENOTFOUND' || code === 'ENODATA');
    throw new NoWayThere(
      isAnswered ? `${host} has no address in DNS` : `${host} could not be looked up in DNS`,
    );
  }

  private refusalOf(address: string, port: number): string | undefined {
    if (port === this.rules.ownPort && isOwnAddress(address))
      return 'is ourselves: the mail would go in a circle';
    if (!this.rules.allowPrivate && isPrivateAddress(address)) return 'is in a private or reserved network';
    return undefined;
  }
}

function isOwnAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() === 'loopback' || parsed.range() === 'unspecified') return true;
  const text = parsed.toString();
  return Object.values(networkInterfaces()).some((list) =>
    list?.some((one) => ipaddr.process(one.address).toString() === text),
  );
}
