/**
 * Watches primaries: who is looked at when, and what follows from what was seen. It knows nothing of Postgres; it is told which
 * domains need watching and tells its verdicts.
 *
 * Domains with the same primaries stand on one *route*: they share the probes, the standing and the moment at which an outage
 * began, whether there are two of them or ten thousand.
 *
 * A verdict is told until the tables agree: `watch` says of each domain whether an outage is open, and when that is not what the
 * route's standing demands, the next probe tells it again. So nothing is lost when a verdict could not be written.
 */
import { routeOf, type Primary } from '@holdfast/directory';
import type { Clock } from '@holdfast/daemon';
import { Agenda } from './agenda';
import type { ProbeResult } from './probe';
import { freshForMs, nextProbeMs } from './schedule';
import { standingAfter, type Standing } from './verdict';

/** A domain that has mail with us or an open outage. */
export interface WatchedDomain {
  domainId: string;
  /** most preferred first */
  primaries: Primary[];
  /** when its open outage began, in milliseconds since 1970; null: none is open */
  outageBeganAt: number | null;
}

export type Verdict =
  /** at: when it was reached; beganAt: the first bad probe; both in milliseconds since 1970 */
  | {
      isUp: false;
      domainIds: string[];
      at: number;
      beganAt: number;
      cause: string;
      /** where it was looked for */
      addresses: string[];
    }
  /** contradicts: those domains of it that the relay had called unreachable although no outage is open */
  | { isUp: true; domainIds: string[]; at: number; contradicts: string[] };

export interface WatcherParts {
  clock: Clock;
  probe(primaries: Primary[]): Promise<ProbeResult>;
  tell(verdict: Verdict): void;
  onProbe?(result: ProbeResult, primaries: Primary[], standing: Standing): void;
  /** from 0 to 1: spreads what began together */
  random?(): number;
}

interface Watched {
  route: Route;
  isOutageOpen: boolean;
  /** the relay said that it cannot be reached, and nobody has answered that yet */
  isDoubted: boolean;
}

interface Route {
  key: string;
  primaries: Primary[];
  domains: Set<string>;
  standing: Standing;
  /** when the row of bad probes began */
  missingSince: number | null;
  lookedAt: number;
  isLooking: boolean;
  /** until then the relay's word against a primary that answers us is not looked into again */
  deafUntil: number;
  deafForMs: number;
  /** what it lacks that is demanded, as the relay said, and until when we believe that */
  lacks: { cause: string; until: number } | null;
}

// A relay that cannot talk to a primary which greets us well (its TLS is broken, say) brings its evidence at every try. Each
// time we look, find it up, and tell the relay so, and it tries again: the growing pause keeps the two from chasing each other.
const firstDeafMs = 3_000;
const longestDeafMs = 300_000;
/** A closed lane tries by itself every five minutes at the latest, and says so again. */
const believedForMs = 360_000;

// Whoever hints without end makes us look no more often than we would in the first seconds of an outage.
const heedHintsEveryMs = 1_000;

export class Watcher {
  private readonly domains = new Map<string, Watched>();
  private readonly routes = new Map<string, Route>();
  private readonly agenda: Agenda<Route>;
  private readonly looking = new Set<Promise<void>>();
  private isClosed = false;

  constructor(private readonly parts: WatcherParts) {
    this.agenda = new Agenda(parts.clock, (route) => this.look(route));
  }

  get watchedDomains(): number {
    return this.domains.size;
  }

  get watchedRoutes(): number {
    return this.routes.size;
  }

  isWatched(domainId: string): boolean {
    return this.domains.has(domainId);
  }

  /** @param isEverything those that are not in the list need no watching any more */
  watch(list: WatchedDomain[], isEverything: boolean): void {
    if (this.isClosed) return;
    if (isEverything) {
      const named = new Set(list.map(({ domainId }) => domainId));
      for (const domainId of this.domains.keys()) if (!named.has(domainId)) this.forget(domainId);
    }
    for (const domain of list) this.watchOne(domain);
  }

  /**
   * The relay could not reach the primaries of a domain that is watched.
   * @param demand what they lack that their tenant demands, such as a certificate that holds. We would find them up: so the relay's
   *   word stands until it has said nothing for a while.
   */
  doubt(domainId: string, demand?: string): void {
    const domain = this.domains.get(domainId);
    if (!domain) return;
    const { route } = domain;
    if (demand !== undefined) route.lacks = { cause: demand, until: this.parts.clock.now() + believedForMs };
    if (route.standing === 'down' || route.standing === 'returning') return;
    const now = this.parts.clock.now();
    if (now < route.deafUntil) return;
    if (now > route.deafUntil + longestDeafMs) route.deafForMs = firstDeafMs;
    route.deafUntil = now + route.deafForMs;
    route.deafForMs = Math.min(route.deafForMs * 2, longestDeafMs);
    domain.isDoubted = true;
    this.lookAtOnce(route);
  }

  /**
   * Somebody outside says that the primaries of a domain may be back. A reason to look, and nothing more: who says so is nobody
   * whom we know. What is not watched has no mail with us, and what is up needs no hint.
   */
  hint(domainId: string): void {
    const route = this.domains.get(domainId)?.route;
    if (!route || route.standing === 'up' || this.parts.clock.now() - route.lookedAt < heedHintsEveryMs)
      return;
    this.lookAtOnce(route);
  }

  /** Takes nothing new and waits for the probes under way. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.agenda.close();
    await Promise.all(this.looking);
  }

  /** Everything that is being looked at now has been seen. */
  async seen(): Promise<void> {
    await Promise.all(this.looking);
  }

  private watchOne({ domainId, primaries, outageBeganAt }: WatchedDomain): void {
    const key = routeOf(primaries);
    const known = this.domains.get(domainId);
    if (known && known.route.key !== key) this.forget(domainId);
    const route = this.routes.get(key) ?? this.openRoute(key, primaries);
    const isOutageOpen = outageBeganAt !== null;
    if (isOutageOpen && route.missingSince === null && route.standing === 'unproven') {
      // After our own restart the outage goes on where it was: it is not proven anew, and its schedule keeps its age.
      route.standing = 'down';
      route.missingSince = outageBeganAt;
    }
    if (known && known.route === route) {
      known.isOutageOpen = isOutageOpen;
      return;
    }
    route.domains.add(domainId);
    this.domains.set(domainId, { route, isOutageOpen, isDoubted: false });
    if (this.parts.clock.now() - route.lookedAt >= freshForMs) this.lookAtOnce(route);
  }

  private openRoute(key: string, primaries: Primary[]): Route {
    const route: Route = {
      key,
      primaries,
      domains: new Set(),
      standing: 'unproven',
      missingSince: null,
      lookedAt: -Infinity,
      isLooking: false,
      deafUntil: -Infinity,
      deafForMs: firstDeafMs,
      lacks: null,
    };
    this.routes.set(key, route);
    return route;
  }

  private forget(domainId: string): void {
    const route = this.domains.get(domainId)?.route;
    this.domains.delete(domainId);
    route?.domains.delete(domainId);
    if (route?.domains.size !== 0) return;
    this.routes.delete(route.key);
    this.agenda.remove(route);
  }

  private lookAtOnce(route: Route): void {
    if (!route.isLooking) this.agenda.put(route, this.parts.clock.now());
  }

  private look(route: Route): void {
    if (route.isLooking || this.isClosed) return;
    route.isLooking = true;
    route.lookedAt = this.parts.clock.now();
    const look = this.parts
      .probe(route.primaries)
      .then((result) => this.judge(route, result))
      .finally(() => this.looking.delete(look));
    this.looking.add(look);
  }

  private judge(route: Route, seen: ProbeResult): void {
    route.isLooking = false;
    const { lacks } = route;
    const isLacking = seen.isUp && lacks !== null && this.parts.clock.now() < lacks.until;
    const result: ProbeResult = isLacking ? { ...seen, isUp: false, cause: lacks.cause } : seen;
    if (this.isClosed || this.routes.get(route.key) !== route) return;
    if (!result.isUp) route.missingSince ??= route.lookedAt;
    route.standing = standingAfter(route.standing, result.isUp);
    this.parts.onProbe?.(result, route.primaries, route.standing);
    if (route.standing === 'up') this.tellUp(route);
    if (route.standing === 'down' && !result.isUp) this.tellDown(route, result.cause, result.addresses ?? []);
    this.putBack(route);
  }

  private tellUp(route: Route): void {
    route.missingSince = null;
    const contradicts: string[] = [];
    const back: string[] = [];
    for (const domainId of route.domains) {
      const domain = this.domains.get(domainId) as Watched;
      if (domain.isOutageOpen) back.push(domainId);
      else if (domain.isDoubted) contradicts.push(domainId);
      domain.isOutageOpen = false;
      domain.isDoubted = false;
    }
    if (back.length > 0) route.deafForMs = firstDeafMs;
    if (back.length + contradicts.length > 0)
      this.parts.tell({
        isUp: true,
        domainIds: [...back, ...contradicts],
        at: this.parts.clock.now(),
        contradicts,
      });
  }

  private tellDown(route: Route, cause: string, addresses: string[]): void {
    const domainIds = [...route.domains].filter((domainId) => !this.domains.get(domainId)?.isOutageOpen);
    for (const domainId of domainIds) {
      const domain = this.domains.get(domainId) as Watched;
      domain.isOutageOpen = true;
      domain.isDoubted = false;
    }
    if (domainIds.length > 0)
      this.parts.tell({
        isUp: false,
        domainIds,
        at: this.parts.clock.now(),
        beganAt: route.missingSince ?? route.lookedAt,
        cause,
        addresses,
      });
  }

  private putBack(route: Route): void {
    const now = this.parts.clock.now();
    const age = route.missingSince === null ? 0 : now - route.missingSince;
    const wait = nextProbeMs(route.standing, age);
    // What a cut of the network brought down together drifts apart, always to the early side: the schedule is a promise.
    const spread =
      route.standing === 'down' || route.standing === 'up'
        ? 1 - 0.2 * (this.parts.random ?? Math.random)()
        : 1;
    // From start to start, so that a server that hangs is not looked at more rarely for it.
    this.agenda.put(route, Math.max(now, route.lookedAt + wait * spread));
  }
}
