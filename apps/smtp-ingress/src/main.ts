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
import { readIngressConfig } from './config';
import { healthOf } from './health';
import { openIngress } from './ingress';
import { openMetrics } from './metrics';

runMain(async () => {
  const config = readIngressConfig();
  const log = openLog('smtp-ingress', config.logLevel);
  endOnUnknownErrors(log);
  const ingress = await openIngress(config, log);
  const check = (): Health => healthOf(ingress);
  const health = await serveHealth({ port: config.healthPort, check, registry: openMetrics(ingress) });

  const startedAt = new Date();
  const beat = (): void => {
    const { isReady, reasons } = check();
    heartbeat(ingress.pool, {
      node: config.node,
      program: 'smtp-ingress',
      worker: config.worker,
      pid: process.pid,
      isReady,
      reasons,
      facts: {
        healthPort: health.port,
        sessions: ingress.listener.sessions,
        registrarBacklog: ingress.registrar.backlog,
      },
      startedAt,
      // Postgres being away is the registrar's to tell; port 25 does without.
    }).catch(() => undefined);
  };
  const beating = setInterval(beat, heartbeatEveryMs);

  politeStop(log, () => [
    { what: () => ingress.listener.waitsFor, stop: () => ingress.stopAccepting(), atMostMs: 21_000 },
    {
      what: () => `${ingress.registrar.backlog} messages to be registered`,
      stop: () => (clearInterval(beating), ingress.end()),
      atMostMs: 3_000,
    },
    { what: 'health', stop: () => health.close() },
  ]);
  beat();
  log('started', { node: config.node, worker: config.worker, port: ingress.port, healthPort: health.port });
  sayReady();
});
