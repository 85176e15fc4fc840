import type { Clock, Log } from '@holdfast/daemon';
import { NoWayThere, type Directory, type DirectoryEntry } from '@holdfast/directory';
import {
  channels,
  claimDue,
  domainsWithDueMail,
  knownAmong,
  listen,
  makeDue,
  noteObstacle,
  type LaneSettings,
  type Listener,
  type WaveDecision,
} from '@holdfast/queue';
import type { Spool } from '@holdfast/spool';
import type pg from 'pg';
import type { BytesInHand } from './bytes-in-hand';
import { Lane, type LaneParts } from './lane';
import { LaneOwnership } from './lane-ownership';
import { laneNameOf, laneLimits, primariesFor } from './lane-plan';
import { RefusalWaves } from './refusal-waves';
import type { SmtpConversation } from './smtp-conversation';
import type { Ways } from './ways';
import { NotAsDemanded } from './words-for-failures';

type OfOneLane =
  | 'bytesInHand'
  | 'connect'
  | 'claim'
  | 'tellUnreachable'
  | 'waves'
  | 'known'
  | 'tenantOf'
  | 'offerAgain'
  | 'leadsHere'
  | 'limits'
  | 'isSure';

export interface LanesParts extends Omit<LaneParts, OfOneLane> {
  pool: pg.Pool;
  databaseUrl: string;
  directory: Directory;
  bytesInHand: BytesInHand;
  ways: Ways;
  node: string;
  worker: string;
  /** the worker's number on its node; names its journal */
  number: number;
  journalDir: string;
  spool: Pick<Spool, 'body' | 'remove'>;
  /** connections to one destination at most, from this node */
  maxConnections: number;
  log: Log;
  clock: Clock;
}

// Notices tell of new work at once; this finds what became due by the clock, and whatever a lost notice would have told.
const lookEveryMs = 3_000;
/** Long, because sending again what is still being sent is worse than sending it late; a relay that dies is cleared up after in seconds. */
const leaseSeconds = 900;

/** All destinations that this process works, and who of them has work. */
export class Lanes {
  private readonly lanes = new Map<string, Lane>();
  private listener: Listener | undefined;
  private cancelLook: (() => void) | undefined;
  private isEnding = false;
  /** domains whose primary the sentinel saw down */
  private readonly down = new Map<string, string>();
  /** domains whose outage has not drained yet or ended lately: when that was, in milliseconds since 1970 */
  private readonly cameBack = new Map<string, number>();
  private settings = new Map<string, LaneSettings>();
  /** lanes whose last messages are on their way before another process has them */
  private readonly leaving = new Map<string, Promise<void>>();
  readonly waves: RefusalWaves;
  readonly ownership: LaneOwnership;

  constructor(private readonly parts: LanesParts) {
    this.waves = new RefusalWaves({
      pool: parts.pool,
      log: parts.log,
      clock: parts.clock,
      onBegan: (domainId) => this.laneOf(domainId)?.stopFor(domainId),
      onEnded: (domainId, decision) => this.waveEnded(domainId, decision),
    });
    this.ownership = new LaneOwnership({
      ...parts,
      lanes: () => this.facts,
      onLost: (names) => {
        for (const name of names) void this.forget(name);
      },
      onUnwanted: (names) => {
        for (const name of names) void this.handOver(name);
      },
      onFreed: (domains) => this.lookAt(domains),
      onSettings: (settings) => {
        this.settings = settings;
        for (const lane of this.lanes.values()) lane.limitsChanged();
      },
    });
  }

  start(): void {
    this.listener = listen(this.parts.databaseUrl, ['registered', 'primary', 'retry', 'wave', 'lane'], {
      onConnect: () => void this.catchUp(),
      onNotice: (name, payload) => {
        if (name === 'primary') this.primaryChanged(String(payload['domain']), payload['up'] === true);
        else if (name === 'wave')
          this.waves.onNotice(String(payload['domain']), payload['decision'] as WaveDecision | null);
        // When this fails, the next renewal of the lease reads them.
        else if (name === 'lane') this.ownership.readSettings().catch(() => undefined);
        else this.lookAt((payload['domains'] as string[] | null) ?? []);
      },
      onLost: (error) => this.parts.log('postgres-lost', { error: error.message }),
    });
    const lookAgain = (): void => {
      this.cancelLook = this.parts.clock.after(
        lookEveryMs,
        () => void this.look().finally(() => this.isEnding || lookAgain()),
      );
    };
    lookAgain();
  }

  get facts(): Lane['facts'][] {
    return [...this.lanes.values()].map((lane) => lane.facts);
  }

  async end(): Promise<void> {
    this.isEnding = true;
    this.cancelLook?.();
    await this.listener?.close();
    await Promise.all([...this.lanes.values()].map((lane) => lane.end()));
    await Promise.all(this.leaving.values());
  }

  /** After every connect to Postgres: what was said meanwhile is lost, so ask. */
  private async catchUp(): Promise<void> {
    try {
      await this.waves.read();
      const { rows } = await this.parts.pool.query<{
        domain_id: string;
        cause: string;
        ended_at: Date | null;
      }>(
        `select domain_id, cause, ended_at from outages
         where ended_at is null or drained_at is null or ended_at > coalesce($1::timestamptz, now()) - interval '1 hour'`,
        [this.parts.clock.forPostgres()],
      );
      const stillDown = new Map<string, string>();
      for (const { domain_id, cause, ended_at } of rows) {
        if (ended_at) this.cameBack.set(domain_id, ended_at.getTime());
        else stillDown.set(domain_id, cause);
      }
      for (const domainId of this.down.keys())
        if (!stillDown.has(domainId)) this.primaryChanged(domainId, true);
      for (const [domainId, cause] of stillDown) this.down.set(domainId, cause);
    } catch (error) {
      this.parts.log('failed', { while: 'reading open outages', error });
    }
    await this.look();
  }

  private async look(): Promise<void> {
    if (!this.parts.settler.hasRoom) return;
    try {
      this.lookAt(await domainsWithDueMail(this.parts.pool, this.parts.node, this.parts.clock.forPostgres()));
    } catch {
      // The listener says when Postgres is back, and this comes round again.
    }
  }

  private lookAt(domains: string[]): void {
    if (this.isEnding) return;
    const elsewhere = new Map<string, DirectoryEntry[]>();
    for (const domainId of domains) {
      const entry = this.parts.directory.findById(domainId);
      if (!entry) continue;
      const name = laneNameOf(entry);
      const lane = this.lanes.get(name);
      if (lane) lane.look(domainId);
      else elsewhere.set(name, [...(elsewhere.get(name) ?? []), entry]);
    }
    const wanted = this.ownership.wanted(elsewhere.keys());
    if (wanted.length > 0) void this.takeOn(new Map(wanted.map((name) => [name, elsewhere.get(name) ?? []])));
  }

  /** Makes lanes ours that should be, and sets them to work. What somebody else still has comes round again. */
  private async takeOn(wanted: Map<string, DirectoryEntry[]>): Promise<void> {
    let names: string[];
    try {
      names = await this.ownership.acquire([...wanted.keys()]);
    } catch (error) {
      return this.parts.log('failed', { while: 'taking on lanes', error });
    }
    for (const name of names) {
      const entries = wanted.get(name) ?? [];
      const [first] = entries;
      if (!first || this.isEnding) continue;
      let lane = this.lanes.get(name);
      if (!lane) {
        lane = this.openLane(name, first);
        this.lanes.set(name, lane);
      }
      for (const { domainId } of entries) lane.look(domainId);
    }
  }

  /** It is another's already. What we had claimed of it is ours until it is settled or given back. */
  private async forget(name: string): Promise<void> {
    const lane = this.lanes.get(name);
    this.lanes.delete(name);
    await lane?.end();
  }

  private async handOver(name: string): Promise<void> {
    if (this.leaving.has(name)) return;
    const going = this.forget(name)
      .then(() => this.parts.settler.caughtUp())
      .then(() => this.ownership.leave(name))
      .catch((error: unknown) =>
        this.parts.log('failed', { while: 'handing over a lane', lane: name, error }),
      )
      .finally(() => this.leaving.delete(name));
    this.leaving.set(name, going);
    await going;
  }

  private primaryChanged(domainId: string, isUp: boolean): void {
    const entry = this.parts.directory.findById(domainId);
    const lane = this.laneOf(domainId);
    if (!isUp) {
      this.down.set(domainId, 'the sentinel cannot reach it');
      // What goes elsewhere meanwhile is not stopped by it.
      if (!entry?.redirect) lane?.close('the sentinel cannot reach it');
      return;
    }
    this.down.delete(domainId);
    this.cameBack.set(domainId, this.parts.clock.now());
    lane?.openUp();
    // What was deferred in the outage's first seconds is due now, not when its schedule says.
    if (lane || (entry && this.ownership.wanted([laneNameOf(entry)]).length > 0)) this.offerAgain(domainId);
  }

  private waveEnded(domainId: string, decision: WaveDecision | undefined): void {
    const lane = this.laneOf(domainId);
    if (!lane) return;
    this.parts.log('refusal-wave-ended', { domainId, decision: decision ?? 'unknown' });
    lane.startOverFor(domainId);
    this.offerAgain(domainId);
  }

  private offerAgain(domainId: string): void {
    // What was answered a moment ago must be written first, or it would keep its old time.
    this.parts.settler
      .caughtUp()
      .then(() => makeDue(this.parts.pool, domainId, this.parts.clock.forPostgres()))
      .then(() => this.lookAt([domainId]))
      .catch((error: unknown) => this.parts.log('failed', { while: 'making due', domainId, error }));
  }

  /** Listed by the tenant, known to call-ahead, or given mail before. */
  private async known(domainId: string, recipients: string[]): Promise<Set<string>> {
    const { pool, directory } = this.parts;
    const known = await knownAmong(pool, domainId, recipients);
    const entry = directory.findById(domainId);
    if (entry?.recipientPolicy !== 'list') return known;
    for (const recipient of recipients)
      if (directory.lists(entry, recipient.slice(0, recipient.lastIndexOf('@')))) known.add(recipient);
    return known;
  }

  /** The lane that a domain's mail takes, if it is ours. */
  private laneOf(domainId: string): Lane | undefined {
    const entry = this.parts.directory.findById(domainId);
    return entry && this.lanes.get(laneNameOf(entry));
  }

  private async connect(entry: DirectoryEntry, domainIds: string[]): Promise<SmtpConversation> {
    const isElsewhere = Boolean(entry.redirect);
    const { pool, node, ways, log } = this.parts;
    try {
      return await ways.open(primariesFor(entry), domainIds);
    } catch (error) {
      // The sentinel sees a primary that is not there; that its certificate has expired is only seen here.
      if (error instanceof NoWayThere || error instanceof NotAsDemanded)
        await noteObstacle(pool, { domainIds, node, reply: error.message }).catch((failure: unknown) =>
          log('failed', { while: 'noting why mail waits', error: failure }),
        );
      if (error instanceof NotAsDemanded && !isElsewhere)
        this.tellUnreachable(domainIds, error.message, { isDemand: true });
      throw error;
    }
  }

  private openLane(name: string, entry: DirectoryEntry): Lane {
    const { pool, node, worker, clock, directory, maxConnections } = this.parts;
    const lane = new Lane(name, {
      ...this.parts,
      bytesInHand: this.parts.bytesInHand.forLane(),
      waves: this.waves,
      known: (domainId, recipients) => this.known(domainId, recipients),
      tenantOf: (domainId) => directory.findById(domainId)?.tenantId,
      offerAgain: (domainId) => this.offerAgain(domainId),
      leadsHere: (domainId) => {
        const now = directory.findById(domainId);
        return now !== undefined && laneNameOf(now) === name;
      },
      limits: () => laneLimits(entry, this.settings.get(name), maxConnections),
      isSure: () => this.ownership.isSure,
      connect: (domainIds) => this.connect(entry, domainIds.slice(0, 100)),
      claim: (domainId, limit) =>
        claimDue(pool, { domainId, node, worker, limit, leaseSeconds, asOf: clock.forPostgres() }),
      tellUnreachable: (domains, cause) => this.tellUnreachable(domains, cause),
    });
    const cause = entry.redirect ? undefined : this.down.get(entry.domainId);
    const cameBack = this.cameBack.get(entry.domainId);
    if (cause) lane.close(cause);
    else if (cameBack) lane.cameBack(cameBack);
    return lane;
  }

  private tellUnreachable(domains: string[], cause: string, more: { isDemand?: true } = {}): void {
    for (const domain of domains.slice(0, 100)) {
      // A hint; the sentinel also looks by itself at every domain that has mail held.
      this.parts.pool
        .query('select pg_notify($1, $2)', [
          channels.unreachable,
          JSON.stringify({ domain, cause: cause.slice(0, 500), ...more }),
        ])
        .catch(() => undefined);
    }
  }
}
