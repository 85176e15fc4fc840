import { hostname } from 'node:os';
import { join } from 'node:path';
import { Networks } from './client-network';
import {
  integer,
  onOff,
  oneOf,
  optionalText,
  port,
  providerLimits,
  readConfig,
  text,
  url,
  type Setting,
  everyAddress,
} from '@holdfast/daemon';

const MiB = 2 ** 20;

/** Everything that port 25 can be told. Nothing else in it reads the environment. */
export function readIngressConfig(env: NodeJS.ProcessEnv = process.env) {
  const config = readConfig(
    {
      databaseUrl: url('DATABASE_URL', ['postgres:', 'postgresql:']),
      dataDir: text('HOLDFAST_DATA_DIR', './.holdfast'),
      /** our MX host name: in the greeting, in Received, and how we know ourselves in a loop */
      hostname: text('HOLDFAST_HOSTNAME', hostname()),
      node: optionalText('HOLDFAST_NODE'),
      worker: integer('HOLDFAST_WORKER', 0, 0, 999),
      smtpHost: text('HOLDFAST_SMTP_HOST', everyAddress()),
      smtpPort: port('HOLDFAST_SMTP_PORT', 2525),
      healthPort: port('HOLDFAST_HEALTH_PORT', 0),
      isScanning: onOff('HOLDFAST_SCANNING', true),
      rspamdUrl: url('RSPAMD_URL', ['http:', 'https:'], 'http://127.0.0.1:11333'),
      /** The longest that a scan may keep a sender waiting; then the message is taken unscanned. Above rspamd's own task_timeout. */
      scanTimeoutMs: integer('HOLDFAST_SCAN_TIMEOUT_MS', 8_000, 100, 240_000),
      ...providerLimits,
      /**
       * Bodies in memory over all sessions of this process. What comes on top waits in files, as every big one does; half of it is
       * for big ones that are scanned and stored. The spool copies each once more. One of the largest size always fits.
       */
      maxBytesInFlight: integer('HOLDFAST_MAX_BYTES_IN_FLIGHT', 64 * MiB, MiB, 64 * 1024 * MiB),
      /** Room that must stay on the disk: Postgres stops at zero, and may live beside us. */
      minFreeBytes: integer('HOLDFAST_MIN_FREE_BYTES', 512 * MiB, 0, Number.MAX_SAFE_INTEGER),
      /** How many processes of this node take mail: what is "of this node" below is divided among them. */
      workers: integer('HOLDFAST_INGRESS_WORKERS', 1, 1, 1_000),
      /** Of this node. */
      maxSessions: integer('HOLDFAST_MAX_SESSIONS', 2_000, 1, 100_000),
      /** Connections of one client network to this node. Above what the largest senders open, far below all that we have. */
      maxSessionsPerNetwork: integer('HOLDFAST_MAX_SESSIONS_PER_NETWORK', 400, 1, 100_000),
      /** How wide one client's network is, in bits. */
      ipv4NetworkBits: integer('HOLDFAST_IPV4_NETWORK_BITS', 24, 8, 32),
      ipv6NetworkBits: integer('HOLDFAST_IPV6_NETWORK_BITS', 64, 16, 128),
      /** Unknown mailboxes that a client network may name to this node before it is slowed; at four times as many it is cut. One is forgotten every 3 s. */
      freeGuesses: integer('HOLDFAST_FREE_GUESSES', 50, 1, 1_000_000),
      /** RFC 5321 section 4.5.3.2.7: five minutes for the next command. */
      idleSeconds: integer('HOLDFAST_IDLE_SECONDS', 300, 1, 3_600),
      /** Senders that reuse a connection for hours are honest; one that never ends is not. */
      sessionSeconds: integer('HOLDFAST_SESSION_SECONDS', 14_400, 1, 86_400),
      /** Who reads postmaster@ and abuse@ of our own host: a mailbox in a domain that is backed up here. */
      postmaster: optionalText('HOLDFAST_POSTMASTER'),
      /** While Postgres is away we decide by what we knew; beyond this it is a guess. Three days: a long weekend and its Monday. */
      maxDirectoryAgeSeconds: integer('HOLDFAST_MAX_DIRECTORY_AGE_SECONDS', 259_200, 1, 31_536_000),
      /** A folder of certificates for STARTTLS; each is used for the names in it (certificate-files.ts says in which forms they may lie). */
      tlsDir: optionalText('HOLDFAST_TLS_DIR'),
      /** Load balancers, addresses or networks with commas between: each of their connections begins with a PROXY header. */
      balancers: networks('HOLDFAST_PROXY_FROM'),
      /** Who may say with XCLIENT for whom it speaks. It decides over limits and over the scan then: filters of ours, nobody else. */
      xclientPeers: networks('HOLDFAST_XCLIENT_FROM'),
      logLevel: oneOf('HOLDFAST_LOG_LEVEL', ['debug', 'info', 'warn', 'error'] as const, 'info'),
    },
    env,
  );
  return {
    ...config,
    node: config.node ?? config.hostname,
    // docs/decisions/0012: together never more than was stated.
    maxSessions: shareOf(config.maxSessions, config.workers),
    maxSessionsPerNetwork: shareOf(config.maxSessionsPerNetwork, config.workers),
    freeGuesses: shareOf(config.freeGuesses, config.workers),
    incomingDir: join(config.dataDir, 'incoming'),
    roomDir: join(config.dataDir, 'room'),
    spoolDir: join(config.dataDir, 'spool'),
    keysDir: join(config.dataDir, 'keys'),
    directoryCopy: join(config.dataDir, 'directory-ingress.json'),
  };
}

/** One process's part of what all of a node may have; one at least. */
const shareOf = (limit: number, workers: number): number => Math.max(1, Math.floor(limit / workers));

function networks(env: string): Setting<Networks> {
  return {
    env,
    default: new Networks([]),
    read: (list) => new Networks(list.split(',').map((one) => one.trim())),
  };
}

export type IngressConfig = ReturnType<typeof readIngressConfig>;
