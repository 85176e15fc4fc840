import { hostname } from 'node:os';
import { join } from 'node:path';
import {
  dnsServers,
  hostNames,
  integer,
  onOff,
  optionalText,
  port,
  readConfig,
  text,
  url,
} from '@holdfast/daemon';

/** Everything that the relay can be told. Nothing else in it reads the environment. */
export function readRelayConfig(env: NodeJS.ProcessEnv = process.env) {
  const config = readConfig(
    {
      databaseUrl: url('DATABASE_URL', ['postgres:', 'postgresql:']),
      dataDir: text('HOLDFAST_DATA_DIR', '.holdfast'),
      /** what we call ourselves in EHLO; a primary may compare it with our PTR */
      hostname: text('HOLDFAST_HOSTNAME', hostname()),
      node: optionalText('HOLDFAST_NODE'),
      worker: integer('HOLDFAST_WORKER', 0, 0, 999),
      healthPort: port('HOLDFAST_HEALTH_PORT', 0),
      dnsServers: dnsServers('HOLDFAST_DNS_SERVERS'),
      /** in whose name mail is sealed (ARC); unset: our host name */
      arcDomain: optionalText('HOLDFAST_ARC_DOMAIN'),
      /** who validates DNSSEC for us, `host:port`; unset: the first DNS server, if it is on this machine */
      dnssecResolver: optionalText('HOLDFAST_DNSSEC_RESOLVER'),
      /** PEM file of authorities whose certificates primaries may have, beside those that everybody trusts */
      authoritiesFile: optionalText('HOLDFAST_TLS_AUTHORITIES'),
      allowPrivatePrimaries: onOff('HOLDFAST_ALLOW_PRIVATE_PRIMARIES', false),
      /** our own port: a primary that leads back to it is a loop */
      smtpPort: port('HOLDFAST_SMTP_PORT', 2525),
      /** our MX hosts on all nodes, beside the host name: a domain's mail must not go from one of us to the other */
      mxNames: hostNames('HOLDFAST_MX_NAMES'),
      /** as port 25 has it: below twice this, copies that are kept for a replay make room for new mail */
      minFreeBytes: integer('HOLDFAST_MIN_FREE_BYTES', 512 * 2 ** 20, 0, Number.MAX_SAFE_INTEGER),
      isScanning: onOff('HOLDFAST_SCANNING', true),
      rspamdUrl: url('RSPAMD_URL', ['http:', 'https:'], 'http://127.0.0.1:11333'),
      /** octets of big bodies in memory at one time; each is there twice for a moment, on its way to the socket */
      maxBytesInHand: integer('HOLDFAST_RELAY_BYTES_IN_HAND', 64 * 2 ** 20, 2 ** 20, 2 ** 34),
      /** connections to one destination at most: what Postfix allows itself, and what a small server bears */
      maxConnectionsPerLane: integer('HOLDFAST_LANE_CONNECTIONS', 20, 1, 200),
    },
    env,
  );
  return {
    ...config,
    node: config.node ?? config.hostname,
    spoolDir: join(config.dataDir, 'spool'),
    journalDir: join(config.dataDir, 'journal'),
    directoryCopy: join(config.dataDir, 'directory-relay.json'),
  };
}

export type RelayConfig = ReturnType<typeof readRelayConfig>;
