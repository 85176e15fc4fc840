/**
 * Which lanes this process works. Several relay processes of a node share its lanes without anybody who coordinates: each renews a
 * lease in Postgres, each sees who else lives, and the same arithmetic tells them all whose a lane should be. Postgres makes sure
 * that it is only one's at a time, also while they disagree.
 *
 * When a process dies, its lease runs out; another one settles what its journal says it delivered, frees what it had claimed, and
 * only then are its lanes anybody's. So a death costs seconds and no message is sent twice by it. A process that merely stands still
 * (it was stopped, or the machine is busy) is left alone for longer: as long as its pid is alive, up to `longestStillSeconds`; by
 * then it has stopped sending by itself, because it knows that it could not renew.
 *
 * While Postgres is away nobody can renew and nobody takes anything from anybody: who takes over must have renewed without a gap
 * for a whole lease, so that the others had the same chance.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { Clock, Log } from '@holdfast/daemon';
import {
  acquireLanes,
  clearUpAfter,
  freeStaleClaims,
  leaveLanes,
  readLaneSettings,
  renewWorker,
  settle,
  tellLanes,
  type Fellow,
  type LaneSettings,
  type ToldLane,
} from '@holdfast/queue';
import type { Spool } from '@holdfast/spool';
import type pg from 'pg';
import { readJournalOf } from './journal';

export interface OwnershipParts {
  pool: pg.Pool;
  node: string;
  worker: string;
  number: number;
  journalDir: string;
  spool: Pick<Spool, 'remove'>;
  log: Log;
  clock: Pick<Clock, 'forPostgres'>;
  /** what operators shall see */
  lanes(): ToldLane[];
  /** these are not ours any more: another process may have them */
  onLost(names: string[]): void;
  /** these would be better off with another process; `leave` is called when their last message is through */
  onUnwanted(names: string[]): void;
  /** a process died, and its lanes are free */
  onFreed(domains: string[]): void;
  onSettings(settings: Map<string, LaneSettings>): void;
}

const renewEveryMs = 1_500;
export const leaseSeconds = 6;
/** Well before `longestStillSeconds`: a process that could not renew for so long sends nothing more. */
const trustsItselfMs = 30_000;
const longestStillSeconds = 60;
const onePage = 500;

export class LaneOwnership {
  private readonly session = randomUUID();
  private readonly owned = new Set<string>();
  private live: string[] = [];
  private timer: NodeJS.Timeout | undefined;
  private renewing: Promise<void> | undefined;
  private renewedAt = -Infinity;
  private steadySince = Infinity;
  private readonly told = new Map<string, string>();
  private isEnding = false;

  constructor(private readonly parts: OwnershipParts) {}

  /** Takes the lease. While Postgres is away that has to wait, and is tried again. */
  async begin(): Promise<void> {
    await this.renew();
    const again = (): void => {
      this.timer = setTimeout(() => {
        this.renewing = this.renew().finally(() => this.isEnding || again());
      }, renewEveryMs);
    };
    again();
  }

  async end(): Promise<void> {
    this.isEnding = true;
    clearTimeout(this.timer);
    await this.renewing;
    const { pool, worker } = this.parts;
    // Whoever cannot say that it leaves is found out by its lease.
    await leaveLanes(pool, { worker, session: this.session, names: null }).catch(() => undefined);
  }

  isOurs(name: string): boolean {
    return this.owned.has(name);
  }

  /** Whether this process may still believe that its lanes are its own. */
  get isSure(): boolean {
    return performance.now() - this.renewedAt < trustsItselfMs;
  }

  /** Of these lanes, those that we should work and do not. */
  wanted(names: Iterable<string>): string[] {
    return [...names].filter(
      (name) => !this.owned.has(name) && chosen(name, this.live) === this.parts.worker,
    );
  }

  /** @returns those that are ours now */
  async acquire(names: string[]): Promise<string[]> {
    const { pool, node, worker } = this.parts;
    const got = await acquireLanes(pool, { node, worker, session: this.session, names });
    for (const name of got) {
      this.owned.add(name);
      this.told.delete(name);
    }
    return got;
  }

  async leave(name: string): Promise<void> {
    this.owned.delete(name);
    const { pool, worker } = this.parts;
    await leaveLanes(pool, { worker, session: this.session, names: [name] });
  }

  /** What operators and tenants want of our lanes, now. */
  async readSettings(): Promise<void> {
    const { pool, node, worker } = this.parts;
    const settings = await readLaneSettings(pool, node, worker);
    this.parts.onSettings(new Map(settings.map((one) => [one.name, one])));
  }

  private async renew(): Promise<void> {
    const { pool, node, worker, number, log } = this.parts;
    try {
      const before = performance.now();
      const { wasOurs, fellows } = await renewWorker(pool, {
        worker,
        node,
        number,
        pid: process.pid,
        session: this.session,
        leaseSeconds,
      });
      if (before - this.renewedAt > leaseSeconds * 1_000) this.steadySince = before;
      this.renewedAt = before;
      this.live = fellows.filter(({ isLive }) => isLive).map((fellow) => fellow.worker);
      if (!wasOurs && this.owned.size > 0) {
        const lost = [...this.owned];
        this.owned.clear();
        this.parts.onLost(lost);
      }
      await this.tell();
      await this.readSettings();
      if (this.isEnding) return;
      const unwanted = [...this.owned].filter((name) => chosen(name, this.live) !== worker);
      if (unwanted.length > 0) this.parts.onUnwanted(unwanted);
      if (before - this.steadySince >= leaseSeconds * 1_000)
        for (const fellow of fellows) if (isDead(fellow, worker)) await this.clearUp(fellow);
    } catch (error) {
      // Postgres is away: the listener says so, and nobody can take anything from us.
      if (this.isSure || this.renewedAt === -Infinity) return;
      log('failed', { while: 'renewing the lease', worker, error });
    }
  }

  private async tell(): Promise<void> {
    const { pool, node, worker } = this.parts;
    const lanes = this.parts.lanes().filter((lane) => this.told.get(lane.name) !== JSON.stringify(lane));
    await tellLanes(pool, { node, worker, lanes });
    for (const lane of lanes) this.told.set(lane.name, JSON.stringify(lane));
  }

  /** What it delivered is settled before what it claimed is freed: the other way round it would be sent again. */
  private async clearUp({ worker, number }: Fellow): Promise<void> {
    const { pool, log, journalDir, spool, clock } = this.parts;
    const domains = new Set<string>();
    let delivered = 0;
    const client = await pool.connect();
    try {
      const isDone = await clearUpAfter(client, worker, async () => {
        const left = readJournalOf(journalDir, number);
        delivered = left.length;
        for (let n = 0; n < left.length; n += onePage) {
          const page = left.slice(n, n + onePage).map((entry) => ({ ...entry, kind: 'delivered' as const }));
          await spool.remove(await settle(pool, page, worker, clock.forPostgres()));
        }
        for (;;) {
          const freed = await freeStaleClaims(pool, worker, clock.forPostgres());
          if (freed.length === 0) return;
          for (const domainId of freed) domains.add(domainId);
        }
      });
      client.release();
      if (!isDone) return;
    } catch (error) {
      client.release(error as Error);
      throw error;
    }
    log('cleared-up-after', { worker, delivered, domains: domains.size });
    this.parts.onFreed([...domains]);
  }
}

/** Rendezvous hashing: every process finds the same answer alone, and when one dies only its own lanes change hands. */
export function chosen(name: string, workers: string[]): string | undefined {
  let best: string | undefined;
  let most = '';
  for (const worker of workers) {
    const weight = createHash('sha256').update(`${worker}\n${name}`).digest('hex');
    if (weight > most) [best, most] = [worker, weight];
  }
  return best;
}

function isDead({ isLive, pid, overdueSeconds, worker }: Fellow, me: string): boolean {
  if (isLive || worker === me) return false;
  return overdueSeconds > longestStillSeconds || pid === process.pid || !isRunning(pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
