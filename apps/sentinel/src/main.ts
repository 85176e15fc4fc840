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
import { readSentinelConfig } from './config';
import { openSentinel } from './sentinel';

runMain(async () => {
  const config = readSentinelConfig();
  const log = openLog('sentinel');
  endOnUnknownErrors(log);

  const sentinel = openSentinel(config, log);
  const check = (): Health => {
    const { reasons } = sentinel.weather;
    return { isReady: reasons.length === 0, reasons };
  };
  const health = await serveHealth({ port: config.healthPort, check, registry: sentinel.registry });

  const startedAt = new Date();
  const beat = (): Promise<void> =>
    heartbeat(sentinel.pool, {
      node: config.node,
      program: 'sentinel',
      worker: config.worker,
      pid: process.pid,
      ...check(),
      facts: {
        healthPort: health.port,
        watchedDomains: sentinel.watcher.watchedDomains,
        watchedRoutes: sentinel.watcher.watchedRoutes,
      },
      startedAt,
    }).then(
      () => sentinel.weather.see(true),
      (error: unknown) => sentinel.weather.see(false, error),
    );
  const beating = setInterval(() => void beat(), heartbeatEveryMs);

  politeStop(log, () => [
    { what: 'the heartbeat', stop: () => clearInterval(beating) },
    // A mail that is cut off here is sent again after its lease; the supervisor would not wait much longer anyway.
    { what: 'mails on their way', stop: () => sentinel.stop(), atMostMs: 7_000 },
    { what: 'health', stop: () => health.close() },
  ]);

  await beat();
  log('started', { node: config.node, worker: config.worker, healthPort: health.port });
  sayReady();
});
