import { systemClock, type Clock, type Log } from '@holdfast/daemon';
import { Directory } from '@holdfast/directory';
import { freeStaleClaims, openPool } from '@holdfast/queue';
import { openSpool } from '@holdfast/spool';
import type pg from 'pg';
import { ArcSealer } from './arc-sealer';
import { BytesInHand } from './bytes-in-hand';
import type { RelayConfig } from './config';
import { Journal } from './journal';
import { Lanes } from './lanes';
import { LateScan } from './late-scan';
import { ReportLanes } from './report-lanes';
import { Reporter } from './reporter';
import { Settler } from './settler';
import { Sweeper } from './sweeper';
import { WayTester } from './way-tester';
import { openWays } from './open-ways';

export interface Relay {
  arc: ArcSealer;
  pool: pg.Pool;
  lanes: Lanes;
  settler: Settler;
  sweeper: Sweeper;
  reporter: Reporter;
  reportLanes: ReportLanes;
  /** Resolves when what a predecessor left is settled and the lanes are at work. */
  atWork: Promise<void>;
  /** Finishes what is in hand and lets go of everything. */
  end(): Promise<void>;
}

/** What the relay needs to know of its surroundings beyond its configuration; specs move the clock. */
export interface Surroundings {
  clock?: Clock;
  /** where the mail servers of senders listen */
  mxPort?: number;
}

/** Builds the relay in reading order and sets it to work. */
export async function openRelay(
  config: RelayConfig,
  log: Log,
  { clock = systemClock, mxPort = 25 }: Surroundings = {},
): Promise<Relay> {
  const worker = `${config.node}/relay-${config.worker}`;
  const pool = openPool({ url: config.databaseUrl, max: 6, program: worker });
  const spool = openSpool({
    directory: config.spoolDir,
    onDamaged: (messageId, part) => log('found-damaged', { messageId, part }),
  });
  const directory = await Directory.open({
    databaseUrl: config.databaseUrl,
    copyFile: config.directoryCopy,
    onLoaded: (facts) => log('directory-loaded', facts),
    onFailed: (error) => log('directory-stale', { error: error.message }),
  });
  const { journal, left } = Journal.openFor(config.journalDir, config.worker);
  const settler = new Settler(pool, worker, spool, journal, log, clock);
  const lateScan = new LateScan(config.isScanning ? config.rspamdUrl : undefined, pool, log, (id) =>
    directory.filterOf(id),
  );
  const { ways, finder } = await openWays(config, pool);
  const bytesInHand = new BytesInHand(config.maxBytesInHand);
  const arc = new ArcSealer(config, log);
  const above = {
    arcSeal: () => arc.seal,
    isSealed: (domainId: string) => directory.findById(domainId)?.isSealed ?? false,
  };
  const lanes = new Lanes({
    pool,
    databaseUrl: config.databaseUrl,
    directory,
    ways,
    above,
    node: config.node,
    worker,
    number: config.worker,
    journalDir: config.journalDir,
    log,
    clock,
    spool,
    settler,
    lateScan,
    bytesInHand,
    maxConnections: config.maxConnectionsPerLane,
  });
  const reportLanes = new ReportLanes({
    pool,
    ways,
    above,
    node: config.node,
    worker,
    log,
    clock,
    spool,
    settler,
    lateScan,
    bytesInHand,
    mxPort,
  });
  const { node, hostname } = config;
  const onMade = (): void => void reportLanes.look();
  const reporter = new Reporter({ pool, spool, node, hostname, log, clock, onMade });
  const sweeper = new Sweeper({
    pool,
    spool,
    node: config.node,
    log,
    clock,
    minFreeBytes: config.minFreeBytes,
    compares: config.worker === 0,
  });

  const tester = new WayTester({ pool, databaseUrl: config.databaseUrl, directory, finder, ways, log });

  let isEnding = false;
  const begin = async (): Promise<void> => {
    // What this worker delivered before it died is settled first and its claims are freed then: the other way round it would be
    // sent again.
    settler.resume(left);
    await settler.drained();
    await lanes.ownership.begin();
    while (!isEnding) {
      try {
        if ((await freeStaleClaims(pool, worker, clock.forPostgres())).length === 0) break;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
    if (isEnding) return;
    lanes.start();
    sweeper.start();
    tester.start();
    reporter.start();
    reportLanes.start();
  };

  return {
    arc,
    pool,
    lanes,
    settler,
    sweeper,
    reporter,
    reportLanes,
    atWork: begin(),
    async end() {
      isEnding = true;
      // A primary that hangs must not keep us from settling what the others took: what is cut here is tried again.
      await atMost(20_000, Promise.all([lanes.end(), reportLanes.end()]));
      await atMost(5_000, settler.drained());
      await lanes.ownership.end();
      await sweeper.end();
      await reporter.end();
      await tester.end();
      await ways.end();
      await arc.close();
      lateScan.close();
      await directory.close();
      await spool.close();
      await pool.end();
      journal.close();
    },
  };
}

/** Waits for `work`, but no longer than this. */
async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
