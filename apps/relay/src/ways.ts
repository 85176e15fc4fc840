/**
 * The way to a primary: which of its places answers, tried in order.
 *
 * Takes the primaries of a lane; promises an open conversation with the most preferred place that can be talked to. Asks once more,
 * at the moment of connecting and about the very address, whether we may go there. A place that did not answer is tried last for
 * a while, so that a black hole does not cost every connection its patience. What went wrong is said about the most preferred place.
 */
import { NoWayThere, type Hop, type NextHopFinder, type Primary } from '@holdfast/directory';
import { SmtpConversation, type ConversationSettings, type Manner } from './smtp-conversation';
import { TlsFailed, type TlsDemand } from './tls-demand';
import { Unreachable } from './words-for-failures';

/** Long enough to spare a drain the wait at a dead place, short enough to notice that the better one is back. */
const avoidForMs = 60_000;
const mostAvoided = 10_000;

export class Ways {
  /** places that did not answer, and until when they come last */
  private readonly avoided = new Map<string, number>();

  constructor(
    private readonly finder: NextHopFinder,
    private readonly settings: ConversationSettings,
  ) {}

  /** @throws NoWayThere, Unreachable: with the reason of the most preferred place, for the tenant */
  async open(primaries: Primary[]): Promise<SmtpConversation> {
    const hops = await this.finder.find(primaries);
    const reasons: { hop: Hop; error: unknown }[] = [];
    for (const hop of this.avoidedLast(hops)) {
      try {
        return await this.tryHop(hop);
      } catch (error) {
        if (!(error instanceof Unreachable) && !(error instanceof NoWayThere)) throw error;
        this.avoid(hop);
        reasons.push({ hop, error });
      }
    }
    throw hops.map((hop) => reasons.find((reason) => reason.hop === hop)?.error).find(Boolean);
  }

  private async tryHop(hop: Hop): Promise<SmtpConversation> {
    const demand = demandOf(hop.primary);
    try {
      return await SmtpConversation.open(hop, this.settings, this.mannerFor(hop, demand));
    } catch (error) {
      // A server whose TLS is broken still gets its mail when nobody demanded TLS (RFC 7435).
      if (demand.kind !== 'opportunistic' || !(error instanceof TlsFailed)) throw error;
      return await SmtpConversation.open(hop, this.settings, this.mannerFor(hop, { kind: 'none' }));
    }
  }

  private mannerFor(hop: Hop, tls: TlsDemand): Manner {
    return {
      tls,
      isOurselves: (name) => this.finder.greetsLikeUs(name, hop),
      admit: (address) => {
        const refusal = this.finder.refusalOf(address, hop.port);
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

function demandOf({ tlsPolicy, pins = [] }: Primary): TlsDemand {
  if (tlsPolicy === 'pinned') return { kind: 'pinned', pins };
  if (tlsPolicy === 'none' || tlsPolicy === 'opportunistic') return { kind: tlsPolicy };
  return { kind: 'certificate' };
}
