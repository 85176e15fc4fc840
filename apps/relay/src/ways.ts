/**
 * The way to a primary: which of its places answers, tried in order.
 *
 * Takes the primaries of a lane; promises an open conversation with the most preferred place that can be talked to. Asks once more,
 * at the moment of connecting and about the very address, whether we may go there. A place that did not answer is tried last for
 * a while, so that a black hole does not cost every connection its patience. What went wrong is said about the most preferred place.
 */
import { NoWayThere, type Hop, type NextHopFinder, type Primary } from '@holdfast/directory';
import { SmtpConversation, type ConversationSettings, type Manner } from './smtp-conversation';
import type { Logins } from './logins';
import { TlsFailed, type TlsDemand, type TlsResult } from './tls-demand';
import type { TlsPlans } from './tls-plan';
import type { TlsResults } from './tls-results';
import { Unreachable } from './words-for-failures';

/** Long enough to spare a drain the wait at a dead place, short enough to notice that the better one is back. */
const avoidForMs = 60_000;
const mostAvoided = 10_000;

export interface WaysParts {
  finder: NextHopFinder;
  plans: TlsPlans;
  logins: Pick<Logins, 'of'>;
  results: Pick<TlsResults, 'count' | 'end'>;
  settings: ConversationSettings;
}

export class Ways {
  /** places that did not answer, and until when they come last */
  private readonly avoided = new Map<string, number>();
  private readonly counted = new WeakMap<SmtpConversation, { result: TlsResult; for: Set<string> }>();

  constructor(private readonly parts: WaysParts) {}

  /**
   * @param domainIds whose mail waits for it: what goes wrong with encryption is counted for them
   * @throws NoWayThere, Unreachable: with the reason of the most preferred place, for the tenant
   */
  async open(primaries: Primary[], domainIds: string[]): Promise<SmtpConversation> {
    const hops = await this.parts.finder.find(primaries);
    const reasons: { hop: Hop; error: unknown }[] = [];
    for (const hop of this.avoidedLast(hops)) {
      try {
        return await this.tryHop(hop, domainIds);
      } catch (error) {
        if (!(error instanceof Unreachable) && !(error instanceof NoWayThere)) throw error;
        if (error instanceof TlsFailed)
          this.parts.results.count(domainIds, hop.primary.tlsPolicy, error.result);
        this.avoid(hop);
        reasons.push({ hop, error });
      }
    }
    throw hops.map((hop) => reasons.find((reason) => reason.hop === hop)?.error).find(Boolean);
  }

  /** Counts how encryption went for a domain whose mail goes over this conversation; once for each. */
  countFor(domainId: string, conversation: SmtpConversation): void {
    const counted = this.counted.get(conversation);
    if (!counted || counted.for.has(domainId)) return;
    counted.for.add(domainId);
    this.parts.results.count([domainId], conversation.hop.primary.tlsPolicy, counted.result);
  }

  /** One place, step by step, for people who want to see where it ends. @throws as `open` */
  async test(hop: Hop, onStep: NonNullable<Manner['onStep']>): Promise<void> {
    const { demand } = await this.parts.plans.for(hop);
    const manner = { ...(await this.mannerFor(hop, demand)), onStep };
    const conversation = await SmtpConversation.open(hop, this.parts.settings, manner);
    conversation.quit();
  }

  /** Writes what is still only counted. */
  end(): Promise<void> {
    return this.parts.results.end();
  }

  private async tryHop(hop: Hop, domainIds: string[]): Promise<SmtpConversation> {
    const { plans, settings, results } = this.parts;
    const { demand, isTesting, problem } = await plans.for(hop);
    if (problem) results.count(domainIds, hop.primary.tlsPolicy, problem);
    const open = async (tls: TlsDemand, known?: TlsResult): Promise<SmtpConversation> => {
      const conversation = await SmtpConversation.open(hop, settings, await this.mannerFor(hop, tls));
      if (demand.kind !== 'none') {
        const { encryption } = conversation;
        const doubt = isTesting ? encryption?.doubt?.result : undefined;
        const result = known ?? doubt ?? (encryption ? 'successful' : 'starttls-not-supported');
        this.counted.set(conversation, { result, for: new Set() });
      }
      return conversation;
    };
    try {
      return await open(demand);
    } catch (error) {
      // A server whose TLS is broken still gets its mail when nobody demanded TLS (RFC 7435).
      if (demand.kind !== 'opportunistic' || !(error instanceof TlsFailed)) throw error;
      return await open({ kind: 'none' }, error.result);
    }
  }

  private async mannerFor(hop: Hop, tls: TlsDemand): Promise<Manner> {
    const { finder, logins } = this.parts;
    const { loginId } = hop.primary;
    const { byMx, tlsPolicy } = hop.primary;
    return {
      tls,
      isNameTrusted: !byMx || tls.kind === 'dane' || tls.kind === 'pinned' || tlsPolicy === 'mta-sts',
      login: loginId === undefined ? undefined : await logins.of(loginId),
      isOurselves: (name) => finder.greetsLikeUs(name, hop),
      admit: (address) => {
        const refusal = finder.refusalOf(address, hop.port);
        if (!refusal) return;
        refusal.message = `${hop.host} (${address}) ${refusal.message}`;
        throw refusal;
      },
    };
  }

  private avoidedLast(hops: Hop[]): Hop[] {
    const isAvoided = (hop: Hop): boolean => (this.avoided.get(placeOf(hop)) ?? 0) > performance.now();
    return [...hops.filter((hop) => !isAvoided(hop)), ...hops.filter(isAvoided)];
  }

  private avoid(hop: Hop): void {
    if (this.avoided.size >= mostAvoided) this.avoided.clear();
    this.avoided.set(placeOf(hop), performance.now() + avoidForMs);
  }
}

const placeOf = ({ address, port }: Hop): string => `${address} ${port}`;
