/**
 * How a domain's primaries become places to connect to, in the order in which they are tried.
 *
 * Takes what the tenant wrote: hosts, addresses, or "by MX". Promises addresses that may be connected to; refuses those inside our
 * network, and ourselves: a primary by MX is cut at our own record, with all that is as little preferred or less (RFC 5321 section
 * 5.1), because the mail would otherwise come back to us, or go to another backup. Nothing found here is ever a bounce.
 */
import { isIP } from 'node:net';
import { isPrivateAddress } from '@holdfast/mail';
import { isOwnAddress } from './addresses';
import type { Primary } from './entry';
import { LookUp, type AnswerMemory } from './look-up';
import { GoesInACircle, NoWayThere } from './no-way-there';

/** One place to connect to. */
export interface Hop {
  /** as the tenant wrote it, or as the MX record says: for TLS names and for people */
  host: string;
  /** what is connected to; resolved once and then kept, so that a DNS answer that changes cannot lead elsewhere */
  address: string;
  port: number;
  /** the primary that it belongs to */
  primary: Primary;
  /** DNS does not say so now; it did then */
  rememberedFrom?: Date;
}

export interface HopRules {
  /** `host:port`, as HOLDFAST_DNS_SERVERS has them; none: the system's */
  dnsServers: string[];
  /** HOLDFAST_ALLOW_PRIVATE_PRIMARIES */
  allowPrivate: boolean;
  /** where we ourselves take mail: a primary that leads there is a loop */
  ownPort: number;
  /** the names under which we take mail, on every node */
  ownNames?: string[];
  memory?: AnswerMemory;
}

/** How many places are tried for one connection. */
const mostHops = 20;

/** Finds the addresses of primaries, and refuses those that a tenant must not send us to. */
export class NextHopFinder {
  private readonly lookUp: LookUp;
  private readonly ownNames: Set<string>;

  constructor(private readonly rules: HopRules) {
    this.lookUp = new LookUp(rules.dnsServers, rules.memory);
    this.ownNames = new Set(rules.ownNames?.map(plain));
  }

  /**
   * Where to connect for a domain's mail, most preferred first; those that are equally preferred come in another order each time.
   * @throws NoWayThere when no primary leaves anything to try, with the reason of the most preferred one
   */
  async find(primaries: Primary[]): Promise<Hop[]> {
    const hops: Hop[] = [];
    const reasons: Error[] = [];
    const inOrder = ranked(primaries, ({ preference }) => preference);
    const found = await Promise.allSettled(
      inOrder.map((primary) => (primary.byMx ? this.byMx(primary) : this.hopsTo(primary.host, primary))),
    );
    for (const one of found) {
      if (one.status === 'fulfilled') hops.push(...one.value);
      else reasons.push(one.reason as Error);
    }
    if (hops.length === 0) throw reasons[0] ?? new NoWayThere('the domain has no primary');
    return hops.slice(0, mostHops);
  }

  /**
   * Why an address must not be connected to; undefined: it may be. Asked again with the very address at the moment of connecting.
   */
  refusalOf(address: string, port: number): NoWayThere | undefined {
    if (port === this.rules.ownPort && isOwnAddress(address))
      return new GoesInACircle('is ourselves: the mail would go in a circle');
    if (this.rules.allowPrivate) return undefined;
    if (isPrivateAddress(address)) return new NoWayThere('is in a private or reserved network');
    if (isOwnAddress(address)) return new NoWayThere('is an address of this very machine');
    return undefined;
  }

  /**
   * Whether the server at this address, which calls itself `name` in its greeting or its answer to EHLO, is ourselves. On this very
   * machine the port decides: another server here may well bear the machine's name.
   */
  greetsLikeUs(name: string, { address, port }: { address: string; port: number }): boolean {
    return this.isOwnName(name) && (port === this.rules.ownPort || !isOwnAddress(address));
  }

  private isOwnName(name: string): boolean {
    return this.ownNames.has(plain(name));
  }

  private async byMx(primary: Primary): Promise<Hop[]> {
    const domain = primary.host;
    const { answer: records, rememberedFrom } = await this.lookUp.mxOf(domain);
    const since = rememberedFrom && { rememberedFrom };
    if (records.length === 0) return this.hopsTo(domain, primary, since);
    if (records.every(({ exchange }) => exchange === '' || exchange === '.'))
      throw new NoWayThere(`${domain} says with a null MX record that it takes no mail (RFC 7505)`);
    const tried = await Promise.all(
      ranked(records, ({ priority }) => priority).map(async ({ exchange, priority }) => {
        const found = await this.hopsTo(exchange, primary, since).catch((error: Error) => error);
        return { priority, found };
      }),
    );
    const ourPriority = Math.min(
      ...tried.filter(({ found }) => found instanceof GoesInACircle).map(({ priority }) => priority),
    );
    const better = tried.filter(({ priority }) => priority < ourPriority);
    if (better.length === 0)
      throw new GoesInACircle(
        `the MX records of ${domain} name no server that is preferred to ourselves: the mail would go in a circle`,
      );
    const hops = better.flatMap(({ found }) => (found instanceof Error ? [] : found));
    if (hops.length === 0) throw better[0]?.found as Error;
    return hops;
  }

  private async hopsTo(host: string, primary: Primary, since?: { rememberedFrom: Date }): Promise<Hop[]> {
    const literal = host.replace(/^\[|\]$/g, '');
    if (this.isOwnName(host)) throw new GoesInACircle(`${host} is ourselves: the mail would go in a circle`);
    const { answer: addresses, rememberedFrom } = isIP(literal)
      ? { answer: [literal] }
      : await this.lookUp.addressesOf(host);
    const remembered = rememberedFrom ? { rememberedFrom } : since;
    const refusals: NoWayThere[] = [];
    const hops: Hop[] = [];
    for (const address of addresses) {
      const refusal = this.refusalOf(address, primary.port);
      if (refusal) {
        refusal.message = `${host} (${address}) ${refusal.message}`;
        refusals.push(refusal);
      } else hops.push({ host, address, port: primary.port, primary, ...remembered });
    }
    // A host with one address of ours is ourselves, whatever else it has.
    const circle = refusals.find((refusal) => refusal instanceof GoesInACircle);
    if (circle || hops.length === 0) throw circle ?? refusals[0] ?? new NoWayThere(`${host} has no address`);
    return hops;
  }
}

/** Smallest rank first, equals in an order of chance: RFC 5321 section 5.1 wants the load spread over them. */
function ranked<T>(items: T[], rankOf: (item: T) => number): T[] {
  return items
    .map((item) => ({ item, chance: Math.random() }))
    .sort((a, b) => rankOf(a.item) - rankOf(b.item) || a.chance - b.chance)
    .map(({ item }) => item);
}

const plain = (name: string): string => name.toLowerCase().replace(/\.$/, '');

/** What makes two domains share a lane: the same places, reached in the same way. */
export function routeOf(primaries: Primary[]): string {
  return primaries.map(wayOf).join(',') || 'nowhere';
}

function wayOf({ host, port, tlsPolicy, byMx, pins, policyDomain, tellsClient, loginId }: Primary): string {
  const more = [byMx && 'mx', pins?.join('+'), policyDomain, tellsClient, loginId].filter(Boolean);
  return [`${host}:${port}/${tlsPolicy}`, ...more].join('/');
}
