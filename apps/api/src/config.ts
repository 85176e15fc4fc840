import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hostname } from 'node:os';
import {
  dnsServers,
  hostNames,
  integer,
  onOff,
  optionalText,
  port,
  providerLimits,
  readConfig,
  text,
  url,
  type Setting,
} from '@holdfast/daemon';

/** What the api is told at its start; nothing else in it reads the environment. */
export type Config = ReturnType<typeof readApiConfig>;

/** For Nest: `@Inject(CONFIG) config: Config`. */
export const CONFIG = Symbol('config');

/** @throws ConfigProblems with one sentence per wrong key */
export function readApiConfig(env: NodeJS.ProcessEnv = process.env) {
  const config = readConfig(
    {
      // as holdfast_api: row-level security applies
      databaseUrl: url('DATABASE_URL', ['postgres:', 'postgresql:']),
      // as holdfast_operator: sees all tenants
      operatorDatabaseUrl: url('HOLDFAST_OPERATOR_DATABASE_URL', ['postgres:', 'postgresql:']),
      // operator.key and keys/auth.secret live here
      dataDir: text('HOLDFAST_DATA_DIR', './.holdfast'),
      httpHost: text('HOLDFAST_HTTP_HOST', '127.0.0.1'),
      httpPort: port('HOLDFAST_HTTP_PORT', 3000),
      // What a browser sees when a proxy with TLS stands before us: decides cookies (Secure) and links. Nobody said: as asked.
      publicUrl: optionalUrl('HOLDFAST_PUBLIC_URL'),
      // our MX host name: no domain may name it as its primary
      hostname: text('HOLDFAST_HOSTNAME', hostname()),
      // our MX hosts on all nodes, beside the host name
      mxNames: hostNames('HOLDFAST_MX_NAMES'),
      node: optionalText('HOLDFAST_NODE'),
      worker: integer('HOLDFAST_WORKER', 0, 0, 1023),
      // Off, because a tenant names hosts that we connect to: it must not reach into the provider's own network.
      mayUsePrivatePrimaries: onOff('HOLDFAST_ALLOW_PRIVATE_PRIMARIES', false),
      // as port 25 has them: what applies to a tenant that has no limit of its own
      ...providerLimits,
      // whom the check of a domain asks; none: the system's
      dnsServers: dnsServers('HOLDFAST_DNS_SERVERS'),
      // the check looks at us where the world does: at port 25, or in the demo where port 25 is
      smtpPort: port('HOLDFAST_SMTP_PORT', 2525),
      // who announces an address is told by TXT below it; "off" asks nobody
      originZone: text('HOLDFAST_ORIGIN_ZONE', 'asn.cymru.com'),
      // the demo's control server; no demo without it
      demoUrl: optionalUrl('HOLDFAST_DEMO_URL'),
      consoleDir: text('HOLDFAST_CONSOLE_DIR', fileURLToPath(new URL('../console/browser', import.meta.url))),
    },
    env,
  );
  return { ...config, dataDir: resolve(config.dataDir), node: config.node ?? config.hostname };
}

const optionalUrl = (env: string): Setting<string | null> => ({
  ...url(env, ['http:', 'https:']),
  default: null,
});
