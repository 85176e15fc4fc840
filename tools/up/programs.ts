/**
 * What each of our programs is told. A program gets its own role's database URL and nothing of the others: three Postgres roles
 * are worth nothing when every environment holds all three passwords.
 */
import { join } from 'node:path';
import type { RoleName } from '@holdfast/database';
import type { PartPlan } from './part';
import type { Settings } from './settings';

/** Where the programs' surroundings ended up on this start. */
export interface Surroundings {
  workspaceRoot: string;
  smtpPort: number;
  httpPort: number;
  demoPort: number;
  /** `host:port` of the demo's name server, chosen before it starts so that it keeps it when it is started again */
  demoDns: string;
  /** where the demo takes the notifications that we send */
  demoMailboxPort: number;
  databaseUrls: Record<RoleName, string>;
  /** undefined: nothing scans, and held mail says so */
  rspamdUrl: string | undefined;
}

/** Directories with a program to bundle, in the order in which they start. */
export const programRoots = (settings: Pick<Settings, 'isDemo'>): string[] => [
  'tools/migrate',
  ...(settings.isDemo ? ['tools/demo'] : []),
  'apps/api',
  'apps/smtp-ingress',
  'apps/relay',
  'apps/sentinel',
];

/** The environment without what npm adds to it and without the database's owner. */
export function cleanEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const dropped = (key: string): boolean =>
    /^(npm_|INIT_CWD$|NODE_ENV$|DATABASE_URL$|RSPAMD_URL$|HOLDFAST_ROLE_SECRET$)/.test(key);
  return {
    ...Object.fromEntries(Object.entries(env).filter(([key]) => !dropped(key))),
    NODE_ENV: 'production',
  };
}

const portOf = (address: string): string => address.slice(address.lastIndexOf(':') + 1);

const onOff = (value: boolean): string => (value ? 'on' : 'off');

/** How people and programs on this machine reach the console. */
export const consoleUrl = ({ httpHost }: Pick<Settings, 'httpHost'>, httpPort: number): string => {
  const host = ['0.0.0.0', '::', ''].includes(httpHost) ? '127.0.0.1' : httpHost;
  return `http://${host.includes(':') ? `[${host}]` : host}:${httpPort}`;
};

export const demoUrl = (demoPort: number): string => `http://127.0.0.1:${demoPort}`;

/** What every program hears. */
function commonEnvironment(
  settings: Settings,
  around: Surroundings,
  env: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const notifySmtpUrl =
    settings.notifySmtpUrl ?? (settings.isDemo ? `smtp://127.0.0.1:${around.demoMailboxPort}` : undefined);
  const dnsServers =
    settings.dnsServers.length === 0 && settings.isDemo ? around.demoDns : settings.dnsServers.join(',');
  return {
    ...cleanEnvironment(env),
    HOLDFAST_DATA_DIR: settings.dataDir,
    HOLDFAST_HOSTNAME: settings.hostname,
    HOLDFAST_NODE: settings.node,
    HOLDFAST_DNS_SERVERS: dnsServers,
    HOLDFAST_ALLOW_PRIVATE_PRIMARIES: onOff(settings.mayUsePrivatePrimaries),
    HOLDFAST_SCANNING: onOff(around.rspamdUrl !== undefined),
    HOLDFAST_DEMO: onOff(settings.isDemo),
    HOLDFAST_SMTP_HOST: settings.smtpHost,
    HOLDFAST_SMTP_PORT: String(around.smtpPort),
    HOLDFAST_HTTP_HOST: settings.httpHost,
    HOLDFAST_HTTP_PORT: String(around.httpPort),
    HOLDFAST_URL: consoleUrl(settings, around.httpPort),
    HOLDFAST_HEALTH_PORT: '0',
    // One line per event: we make it pretty where a person reads it.
    HOLDFAST_LOG: 'json',
    ...(notifySmtpUrl === undefined ? {} : { HOLDFAST_NOTIFY_SMTP_URL: notifySmtpUrl }),
    ...(around.rspamdUrl === undefined ? {} : { RSPAMD_URL: around.rspamdUrl }),
    ...(settings.isDemo
      ? { HOLDFAST_DEMO_URL: demoUrl(around.demoPort), HOLDFAST_DEMO_PORT: String(around.demoPort) }
      : {}),
  };
}

/** Our programs, in groups: a group starts when the one before it is ready. */
export function planPrograms(settings: Settings, around: Surroundings, env: NodeJS.ProcessEnv): PartPlan[][] {
  const common = commonEnvironment(settings, around, env);
  const plan = (name: string, root: string, own: NodeJS.ProcessEnv, stopWithinMs: number): PartPlan => ({
    name,
    command: process.execPath,
    args: ['--enable-source-maps', join(around.workspaceRoot, 'dist', root, 'main.js')],
    cwd: around.workspaceRoot,
    env: { ...common, HOLDFAST_WORKER: '0', ...own },
    ready: 'message',
    stopSignal: 'SIGTERM',
    stopWithinMs,
  });
  const workers = (count: number, name: string, root: string, own: NodeJS.ProcessEnv): PartPlan[] =>
    Array.from({ length: count }, (_, n) =>
      plan(count === 1 ? name : `${name}-${n}`, root, { ...own, HOLDFAST_WORKER: String(n) }, 30_000),
    );
  const { databaseUrls: urls } = around;
  return [
    settings.isDemo
      ? [
          plan(
            'demo',
            'tools/demo',
            {
              HOLDFAST_DEMO_DNS_PORT: portOf(around.demoDns),
              HOLDFAST_DEMO_MAILBOX_PORT: String(around.demoMailboxPort),
            },
            5_000,
          ),
        ]
      : [],
    [
      plan(
        'api',
        'apps/api',
        { DATABASE_URL: urls.api, HOLDFAST_OPERATOR_DATABASE_URL: urls.operator },
        8_000,
      ),
    ],
    workers(settings.ingressWorkers, 'smtp-ingress', 'apps/smtp-ingress', {
      DATABASE_URL: urls.ingress,
      HOLDFAST_INGRESS_WORKERS: String(settings.ingressWorkers),
    }),
    workers(settings.relayWorkers, 'relay', 'apps/relay', { DATABASE_URL: urls.relay }),
    [plan('sentinel', 'apps/sentinel', { DATABASE_URL: urls.sentinel }, 8_000)],
  ];
}
