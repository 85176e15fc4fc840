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
} from '@holdfast/daemon';

/** Everything that the sentinel can be told. Nothing else in it reads the environment. */
export function readSentinelConfig(env: NodeJS.ProcessEnv = process.env) {
  const config = readConfig(
    {
      databaseUrl: url('DATABASE_URL', ['postgres:', 'postgresql:']),
      /** our name in EHLO to primaries, and to the right of the @ in what we send */
      hostname: text('HOLDFAST_HOSTNAME', hostname()),
      node: optionalText('HOLDFAST_NODE'),
      worker: integer('HOLDFAST_WORKER', 0, 0, 999),
      healthPort: port('HOLDFAST_HEALTH_PORT', 0),
      dnsServers: dnsServers('HOLDFAST_DNS_SERVERS'),
      allowPrivatePrimaries: onOff('HOLDFAST_ALLOW_PRIVATE_PRIMARIES', false),
      /** our own port: a primary that leads back to it is a loop, and its greeting proves nothing */
      smtpPort: port('HOLDFAST_SMTP_PORT', 2525),
      /** our MX hosts on all nodes, beside the host name: a domain's mail must not go from one of us to the other */
      mxNames: hostNames('HOLDFAST_MX_NAMES'),
      /** unset: straight to each recipient's MX */
      notifySmtpUrl: {
        ...url('HOLDFAST_NOTIFY_SMTP_URL', ['smtp:', 'smtps:']),
        default: null as string | null,
      },
      /** As port 25 has them: how much of them is used is told. */
      maxHeldMessages: providerLimits.maxHeldMessages,
      maxHeldBytes: providerLimits.maxHeldBytes,
      /** Probes at the same time. A black hole holds its place for three seconds, so this times twenty is what a minute sees of those. */
      probesAtOnce: integer('HOLDFAST_PROBES_AT_ONCE', 200, 1, 10_000),
    },
    env,
  );
  return { ...config, node: config.node ?? config.hostname };
}

export type SentinelConfig = ReturnType<typeof readSentinelConfig>;
