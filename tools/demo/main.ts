/** The demo as a program; started by `npm start` unless HOLDFAST_DEMO=off. */
import { endOnUnknownErrors, openLog, politeStop, runMain } from '@holdfast/daemon';
import { demoConfig } from './config';
import { startDemo } from './demo';

runMain(async () => {
  const config = demoConfig();
  const log = openLog('demo');
  endOnUnknownErrors(log);
  const demo = await startDemo(config, log);
  politeStop(log, () => [{ what: 'the demo', stop: () => demo.close(), atMostMs: 3_000 }]);
  log('started', demo.ports);
  // With the ports, because those that were given as 0 are chosen here.
  process.send?.({ type: 'ready', ports: demo.ports });
});
