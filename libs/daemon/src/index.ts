export { systemClock, type Clock } from './clock';
export {
  ConfigProblems,
  dnsServers,
  everyAddress,
  hostNames,
  integer,
  onOff,
  oneOf,
  optionalText,
  port,
  readConfig,
  text,
  url,
  type Setting,
} from './config';
export { events, type EventName } from './events';
export { serveHealth, type Health, type HealthServer } from './health';
export { keyFromFile } from './key-file';
export { openLog, type Fields, type Log } from './log';
export { runMain } from './main';
export { providerLimits } from './provider-limits';
export { endOnUnknownErrors, politeStop, sayReady, type StopStep } from './polite-stop';
