import { endOnUnknownErrors, openLog, politeStop, runMain, sayReady } from '@holdfast/daemon';
import { readApiConfig } from './config';
import { createApp } from './create-app';

runMain(async () => {
  const config = readApiConfig();
  const log = openLog('api');
  endOnUnknownErrors(log);
  const app = await createApp(config, log);
  const port = await app.listen();
  politeStop(log, () => [{ what: 'requests in hand', stop: () => app.close(), atMostMs: 10_000 }]);
  log('started', { host: config.httpHost, port });
  sayReady();
});
