import type { Clock, Log } from '@holdfast/daemon';
import { routeOf, type Directory, type Primary } from '@holdfast/directory';
import { channels, claimDue, domainsWithDueMail, listen, makeDue, type Listener } from '@holdfast/queue';
import type pg from 'pg';
import { Lane, type LaneParts } from './lane';
import type { Ways } from './ways';

export interface LanesParts extends Omit<LaneParts, 'connect' | 'claim' | 'tellUnreachable'> {
  pool: pg.Pool;
  databaseUrl: string;
  directory: Directory;
  ways: Ways;
  node: string;
  worker: string;
  log: Log;
  clock: Clock;
}

// Notices tell of new work at once; this finds what became due by the clock, and whatever a lost notice would have told.
const lookEveryMs = 3_000;
/** Long, because sending again what is still being sent is worse than sending it late; a relay that restarts frees its own at once. */
const leaseSeconds = 900;

/** All destinations of this process, and who of them has work. */
export class Lanes {
  private readonly lanes = new Map<string, Lane>();
  private listener: Listener | undefined;
  private cancelLook: () => void = () => undefined;
  private isEnding = false;
  /** domains whose primary the sentinel saw down */
  private readonly down = new Map<string, string>();

  constructor(private readonly parts: LanesParts) {}

  start(): void {
    this.listener = listen(this.parts.databaseUrl, ['registered', 'primary', 'retry'], {
      onConnect: () => void this.catchUp(),
      onNotice: (name, payload) => {
        if (name === 'primary') this.primaryChanged(String(payload['domain']), payload['up'] === true);
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
    this.cancelLook();
    await this.listener?.close();
    await Promise.all([...this.lanes.values()].map((lane) => lane.end()));
  }

  /** After every connect to Postgres: what was said meanwhile is lost, so ask. */
  private async catchUp(): Promise<void> {
    try {
      const { rows } = await this.parts.pool.query<{ domain_id: string; cause: string }>(
        'select domain_id, cause from outages where ended_at is null',
      );
      const stillDown = new Map(rows.map((row) => [row.domain_id, row.cause]));
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
    for (const domainId of domains) this.laneOf(domainId)?.look(domainId);
  }

  private primaryChanged(domainId: string, isUp: boolean): void {
    const lane = this.laneOf(domainId);
    if (!isUp) {
      this.down.set(domainId, 'the sentinel cannot reach it');
      lane?.close('the sentinel cannot reach it');
      return;
    }
    this.down.delete(domainId);
    lane?.openUp();
    lane?.look(domainId);
    // What was deferred in the outage's first seconds is due now, not when its schedule says.
    makeDue(this.parts.pool, domainId, this.parts.clock.forPostgres())
      .then(() => lane?.look(domainId))
      .catch((error: unknown) => this.parts.log('failed', { while: 'making due', domainId, error }));
  }

  private laneOf(domainId: string): Lane | undefined {
    const entry = this.parts.directory.findById(domainId);
    if (!entry) return undefined;
    const name = routeOf(entry.primaries);
    let lane = this.lanes.get(name);
    if (!lane) {
      lane = this.openLane(name, entry.primaries);
      this.lanes.set(name, lane);
      const cause = this.down.get(domainId);
      if (cause) lane.close(cause);
    }
    return lane;
  }

  private openLane(name: string, primaries: Primary[]): Lane {
    const { pool, node, worker, clock, ways } = this.parts;
    return new Lane(name, {
      ...this.parts,
      connect: () => ways.open(primaries),
      claim: (domainId, limit) =>
        claimDue(pool, { domainId, node, worker, limit, leaseSeconds, asOf: clock.forPostgres() }),
      tellUnreachable: (domains, cause) => {
        for (const domain of domains.slice(0, 100)) {
          // A hint; the sentinel also looks by itself at every domain that has mail held.
          pool
            .query('select pg_notify($1, $2)', [
              channels.unreachable,
              JSON.stringify({ domain, cause: cause.slice(0, 500) }),
            ])
            .catch(() => undefined);
        }
      },
    });
  }
}
