import { join } from 'node:path';
import { everyAddress, port, readConfig, text } from '@holdfast/daemon';

const settings = {
  /** Page and control; loopback only, because whoever reaches it can switch the primaries. */
  pagePort: port('HOLDFAST_DEMO_PORT', 3010),
  /** 0: a free one, told to the supervisor with `ready`. */
  dnsPort: port('HOLDFAST_DEMO_DNS_PORT', 0),
  /** 0: the one of the last start, or a free one that stays free while the primaries are off. */
  primaryPort: port('HOLDFAST_DEMO_PRIMARY_PORT', 0),
  mailboxPort: port('HOLDFAST_DEMO_MAILBOX_PORT', 0),
  /** Where the provider under demonstration listens. */
  smtpHost: text('HOLDFAST_SMTP_HOST', everyAddress()),
  smtpPort: port('HOLDFAST_SMTP_PORT', 2525),
  httpHost: text('HOLDFAST_HTTP_HOST', '127.0.0.1'),
  httpPort: port('HOLDFAST_HTTP_PORT', 3000),
  /** The name that stands in the second MX record of the demo domains. */
  hostname: text('HOLDFAST_HOSTNAME', 'mx.holdfast.test'),
  dataDir: text('HOLDFAST_DATA_DIR', './.holdfast'),
};

/** Where to dial a server that listens at this address. */
const reachable = (host: string): string => (host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host);

const inUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host);

export type DemoConfig = ReturnType<typeof demoConfig>;

export function demoConfig(env: NodeJS.ProcessEnv = process.env) {
  const values = readConfig(settings, env);
  return {
    ...values,
    smtpHost: reachable(values.smtpHost),
    /** Console and API, for programs and for people on this machine. */
    providerUrl: `http://${inUrl(reachable(values.httpHost))}:${values.httpPort}`,
    /** What must be there after a restart: the switch, what the primaries took, the mailbox. */
    keptIn: join(values.dataDir, 'demo'),
    operatorKeyFile: join(values.dataDir, 'operator.key'),
  };
}
