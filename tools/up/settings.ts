/**
 * What an operator may set, read once and checked whole before anything starts. The table in ARCHITECTURE.md is this file in
 * prose; the programs get their share of it in programs.ts.
 */
import { availableParallelism, hostname } from 'node:os';
import { resolve } from 'node:path';
import {
  ConfigProblems,
  dnsServers,
  integer,
  onOff,
  oneOf,
  optionalText,
  port,
  readConfig,
  text,
  type Setting,
  everyAddress,
} from '@holdfast/daemon';

export interface Settings {
  /** absolute */
  dataDir: string;
  hostname: string;
  node: string;
  smtpHost: string;
  smtpPort: number;
  httpHost: string;
  httpPort: number;
  demoPort: number;
  /** empty: the system's */
  dnsServers: string[];
  isDemo: boolean;
  /** unless somebody says, on in the demo alone: its primary is on this machine */
  mayUsePrivatePrimaries: boolean;
  isScanning: boolean;
  ingressWorkers: number;
  relayWorkers: number;
  notifySmtpUrl: string | null;
  databaseUrl: string | null;
  rspamdUrl: string | null;
  log: 'pretty' | 'json';
}

/** More workers than this on one machine is a typing error, and each takes 100 MB. */
const mostWorkers = 64;

/**
 * One worker up to two cores: there the second core is Postgres's and the sender's, and a second worker was measured to cost
 * more than it brings.
 */
const workersByCores = (cores: number): number => (cores <= 2 ? 1 : Math.floor(cores / 2));

/**
 * Reads the settings.
 * @param isTerminal whether a person watches: they get coloured lines, everything else gets JSON
 * @throws ConfigProblems with one sentence per wrong key
 */
export function readSettings(
  env: NodeJS.ProcessEnv,
  isTerminal: boolean,
  cores = availableParallelism(),
): Settings {
  const { allowPrivate, ...values } = readConfig(
    {
      dataDir: text('HOLDFAST_DATA_DIR', './.holdfast'),
      hostname: hostName('HOLDFAST_HOSTNAME', hostname()),
      node: optionalText('HOLDFAST_NODE'),
      smtpHost: text('HOLDFAST_SMTP_HOST', everyAddress()),
      smtpPort: port('HOLDFAST_SMTP_PORT', 2525),
      httpHost: text('HOLDFAST_HTTP_HOST', '127.0.0.1'),
      httpPort: port('HOLDFAST_HTTP_PORT', 3000),
      demoPort: integer('HOLDFAST_DEMO_PORT', -1, 0, 65_535),
      dnsServers: dnsServers('HOLDFAST_DNS_SERVERS'),
      isDemo: onOff('HOLDFAST_DEMO', true),
      allowPrivate: maybeOnOff('HOLDFAST_ALLOW_PRIVATE_PRIMARIES'),
      isScanning: onOff('HOLDFAST_SCANNING', true),
      ingressWorkers: integer('HOLDFAST_INGRESS_WORKERS', workersByCores(cores), 1, mostWorkers),
      relayWorkers: integer('HOLDFAST_RELAY_WORKERS', workersByCores(cores), 1, mostWorkers),
      notifySmtpUrl: maybeUrl('HOLDFAST_NOTIFY_SMTP_URL', ['smtp:', 'smtps:']),
      databaseUrl: maybeUrl('DATABASE_URL', ['postgres:', 'postgresql:']),
      rspamdUrl: maybeUrl('RSPAMD_URL', ['http:', 'https:']),
      log: oneOf('HOLDFAST_LOG', ['pretty', 'json'] as const, isTerminal ? 'pretty' : 'json'),
    },
    env,
  );
  const settings: Settings = {
    ...values,
    dataDir: resolve(values.dataDir),
    node: values.node ?? values.hostname,
    mayUsePrivatePrimaries: allowPrivate ?? values.isDemo,
    // Beside the console's port, so that two systems on one machine that differ in that differ in this as well.
    demoPort: values.demoPort === -1 ? (values.httpPort === 0 ? 0 : values.httpPort + 10) : values.demoPort,
  };
  if (settings.demoPort > 65_535)
    throw new ConfigProblems(['HOLDFAST_DEMO_PORT must be set, because HOLDFAST_HTTP_PORT + 10 is no port']);
  const clash = samePort(settings);
  if (clash) throw new ConfigProblems([clash]);
  return settings;
}

function samePort({ smtpPort, httpPort, demoPort, isDemo }: Settings): string | undefined {
  if (httpPort !== 0 && smtpPort === httpPort)
    return `HOLDFAST_SMTP_PORT and HOLDFAST_HTTP_PORT must differ, both are ${httpPort}`;
  if (!isDemo || demoPort === 0) return undefined;
  if (demoPort === httpPort)
    return `HOLDFAST_DEMO_PORT and HOLDFAST_HTTP_PORT must differ, both are ${demoPort}`;
  if (demoPort === smtpPort)
    return `HOLDFAST_DEMO_PORT and HOLDFAST_SMTP_PORT must differ, both are ${demoPort}`;
  return undefined;
}

/** A name that other mail servers see in our greeting; a wrong one makes some of them refuse us. */
const hostName = (env: string, fallback: string): Setting<string> => ({
  env,
  default: fallback,
  read(value) {
    if (
      !/^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i.test(value)
    ) {
      throw new Error('must be a host name such as mx2.example.net');
    }
    return value;
  },
});

const maybeOnOff = (env: string): Setting<boolean | null> => ({ ...onOff(env, false), default: null });

const maybeUrl = (env: string, protocols: string[]): Setting<string | null> => ({
  env,
  default: null,
  read(value) {
    const parsed = URL.canParse(value) ? new URL(value) : undefined;
    if (!parsed || !protocols.includes(parsed.protocol) || parsed.hostname === '') {
      throw new Error(`must be a URL beginning with ${protocols.map((name) => `${name}//`).join(' or ')}`);
    }
    return value;
  },
});
