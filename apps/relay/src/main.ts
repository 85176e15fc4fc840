import {
  endOnUnknownErrors,
  openLog,
  politeStop,
  runMain,
  sayReady,
  serveHealth,
  type Health,
} from '@holdfast/daemon';
import { heartbeat, heartbeatEveryMs } from '@holdfast/queue';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { readRelayConfig } from './config';
import { openRelay } from './relay';

runMain(async () => {
  const config = readRelayConfig();
  const log = openLog('relay');
  endOnUnknownErrors(log);
  const relay = await openRelay(config, log);

  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'holdfast_relay_settle_backlog',
    help: 'Outcomes that wait for Postgres. Worry above 1000.',
    registers: [registry],
    collect() {
      this.set(relay.settler.backlog);
    },
  });

  let isPostgresAway = false;
  const check = (): Health => ({
    isReady: !isPostgresAway,
    reasons: isPostgresAway ? ['Postgres cannot be reached'] : [],
  });
  const health = await serveHealth({ port: config.healthPort, check, registry });
  const startedAt = new Date();
  const beat = async (): Promise<void> => {
    const lanes = relay.lanes.facts;
    try {
      await heartbeat(relay.pool, {
        node: config.node,
        program: 'relay',
        worker: config.worker,
        pid: process.pid,
        isReady: true,
        reasons: [],
        facts: {
          healthPort: health.port,
          lanes: lanes.length,
          closedLanes: lanes.filter(({ closedBecause }) => closedBecause !== null).length,
          settleBacklog: relay.settler.backlog,
          bodiless: relay.sweeper.bodiless,
          arc: relay.arc.record ?? null,
        },
        startedAt,
      });
      if (isPostgresAway) log('postgres-back');
      isPostgresAway = false;
    } catch (error) {
      if (!isPostgresAway) log('postgres-lost', { error: (error as Error).message });
      isPostgresAway = true;
    }
  };
  const beating = setInterval(() => void beat(), heartbeatEveryMs);

  politeStop(log, () => [
    { what: 'messages in hand', stop: () => relay.end(), atMostMs: 28_000 },
    { what: 'health', stop: () => (clearInterval(beating), health.close()) },
  ]);
  await beat();
  log('started', { node: config.node, worker: config.worker, healthPort: health.port });
  sayReady();
});
