import { Resolver } from 'node:dns/promises';
import { NoWayThere } from './no-way-there';

export interface MxRecord {
  exchange: string;
  priority: number;
}

/** Keeps what DNS last said, for the hour in which it says nothing. Neither call may fail: it only helps. */
export interface AnswerMemory {
  keep(name: string, kind: 'address' | 'mx', answer: unknown): void;
  recall(name: string, kind: 'address' | 'mx'): Promise<{ answer: unknown; seenAt: Date } | undefined>;
}

/** An answer, and since when we only remember it; undefined: DNS said so just now. */
export interface Found<T> {
  answer: T[];
  rememberedFrom?: Date;
}

const dnsTimeoutMs = 5_000;
/** More than any honest name has; a stranger's zone must not make us knock at a thousand doors. */
const mostRecords = 20;

/** Asks DNS about hosts, and memory when DNS does not know. */
export class LookUp {
  private readonly resolver = new Resolver({ timeout: dnsTimeoutMs, tries: 2 });

  constructor(
    dnsServers: string[],
    private readonly memory?: AnswerMemory,
  ) {
    if (dnsServers.length > 0) this.resolver.setServers(dnsServers);
  }

  /** @throws NoWayThere when neither DNS nor memory knows any */
  async addressesOf(host: string): Promise<Found<string>> {
    const answers = await Promise.allSettled([this.resolver.resolve4(host), this.resolver.resolve6(host)]);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (addresses.length > 0) return this.kept(host, 'address', addresses);
    const isAnswered = answers.every(
      (answer) => answer.status === 'rejected' && saysNothingThere(answer.reason),
    );
    return this.recalled(
      host,
      'address',
      isAnswered ? `${host} has no address in DNS` : `${host} could not be looked up in DNS`,
    );
  }

  /** @returns no records where the domain has none. @throws NoWayThere when neither DNS nor memory knows */
  async mxOf(domain: string): Promise<Found<MxRecord>> {
    try {
      return this.kept(domain, 'mx', await this.resolver.resolveMx(domain));
    } catch (error) {
      if ((error as { code?: string }).code === 'ENODATA') return { answer: [] };
      const isAnswered = saysNothingThere(error);
      return this.recalled(
        domain,
        'mx',
        isAnswered ? `${domain} does not exist in DNS` : `the MX records of ${domain} could not be looked up`,
      );
    }
  }

  /** Each record in one piece. @throws Error with DNS's code where it does not say */
  async textsOf(name: string): Promise<string[]> {
    return (await this.resolver.resolveTxt(name)).map((pieces) => pieces.join(''));
  }

  private kept<T>(name: string, kind: 'address' | 'mx', answer: T[]): Found<T> {
    const few = answer.slice(0, mostRecords);
    this.memory?.keep(name, kind, few);
    return { answer: few };
  }

  private async recalled<T>(name: string, kind: 'address' | 'mx', reason: string): Promise<Found<T>> {
    const known = await this.memory?.recall(name, kind);
    if (!known) throw new NoWayThere(reason);
    return { answer: known.answer as T[], rememberedFrom: known.seenAt };
  }
}

function saysNothingThere(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === 'ENOTFOUND' || code === 'ENODATA';
}
