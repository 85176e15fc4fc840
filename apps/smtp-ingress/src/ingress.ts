import type { Log } from '@holdfast/daemon';
import { Directory } from '@holdfast/directory';
import { openPool } from '@holdfast/queue';
import { RspamdClient } from '@holdfast/rspamd-client';
import { openSpool, type Spool } from '@holdfast/spool';
import { stat } from 'node:fs/promises';
import type pg from 'pg';
import { BehindRcpt } from './behind-rcpt';
import { Certificates } from './certificates';
import type { IngressConfig } from './config';
import { connect, haveRoom } from './connect';
import { data } from './data';
import { DeferredNetworks } from './deferred-networks';
import { Doorkeeper } from './doorkeeper';
import { FullQueues } from './full-queues';
import { Hints } from './hints';
import { Incoming } from './incoming';
import { KnownByPrimary } from './known-by-primary';
import { Listener } from './listener';
import { mailFrom } from './mail-from';
import { MemoryInFlight } from './memory-in-flight';
import { rcptTo } from './rcpt-to';
import { mailboxMeant } from './own-mailboxes';
import { ReadingRoom } from './reading-room';
import { Registrar } from './registrar';
import { Room } from './room';
import { defaultsOf, inRoom } from './room-in-spool';
import { Scanner } from './scan';

export interface Ingress {
  port: number;
  pool: pg.Pool;
  spool: Spool;
  directory: Directory;
  listener: Listener;
  registrar: Registrar;
  scanner: Scanner;
  memory: MemoryInFlight;
  certificates: Certificates;
  /** Takes no new mail, finishes what is being sent to us. */
  stopAccepting(): Promise<void>;
  /** Lets go of everything. */
  end(): Promise<void>;
}

/** Builds port 25 in reading order and opens it. */
export async function openIngress(config: IngressConfig, log: Log): Promise<Ingress> {
  const { hostname, node, maxMessageBytes } = config;
  const spool = openSpool({
    directory: config.spoolDir,
    minFreeBytes: config.minFreeBytes,
    onDamaged: (messageId, part) => log('found-damaged', { messageId, part }),
  });
  const pool = openPool({ url: config.databaseUrl, max: 3, program: `${node}/ingress-${config.worker}` });
  const copySavedAt = await savedAt(config.directoryCopy);
  const directory = await Directory.open({
    databaseUrl: config.databaseUrl,
    copyFile: config.directoryCopy,
    onLoaded: (facts) => log('directory-loaded', facts),
    onFailed: (error) => log('directory-stale', { error: error.message }),
  });
  const fullQueues = new FullQueues();
  const room = new Room({
    path: config.roomDir,
    worker: config.worker,
    defaults: defaultsOf(config),
    onFull: (tenantId) => fullQueues.note(tenantId),
    directory,
  });
  const roomySpool = inRoom(spool, room);
  const registrar = new Registrar({ spool: roomySpool, db: pool, log, node });
  const knownByPrimary = new KnownByPrimary();
  const deferred = new DeferredNetworks();
  const hints = new Hints({ directory, db: pool });
  const behindRcpt = new BehindRcpt(pool, [knownByPrimary, deferred, fullQueues, hints]);
  const rcptParts = { directory, knownByPrimary, deferred, room };
  const rspamd = config.isScanning
    ? new RspamdClient({ url: config.rspamdUrl, timeoutMs: config.scanTimeoutMs })
    : undefined;
  const scanner = new Scanner(rspamd, log);
  const memory = new MemoryInFlight(config.maxBytesInFlight);

  let isStopping = false;
  const readiness = {
    isStopping: () => isStopping,
    directoryOf: () =>
      directory.confirmedAt?.getTime() ?? (directory.isCopyFromDisk ? copySavedAt : undefined),
    maxDirectoryAgeMs: config.maxDirectoryAgeSeconds * 1000,
    hasDisk: () => spool.hasRoom(),
    hasMemory: () => memory.hasRoom,
  };
  const own = {
    hostname,
    postmaster: config.postmaster,
    isOurs: (domain: string) => !!directory.find(domain),
  };
  const dataParts = {
    spool: roomySpool,
    scanner,
    directory,
    registrar,
    memory,
    incoming: await Incoming.open(config.incomingDir),
    readingRoom: new ReadingRoom(config.maxBytesInFlight / 2),
    log,
    ourName: hostname,
    maxMessageBytes,
  };
  const certificates = await Certificates.open({
    hostname,
    keysDir: config.keysDir,
    directory: config.tlsDir,
    log,
  });
  const listener = new Listener(
    {
      hostname,
      maxMessageBytes,
      doorkeeper: new Doorkeeper({
        maxSessions: config.maxSessions,
        maxSessionsPerNetwork: config.maxSessionsPerNetwork,
        freeGuesses: config.freeGuesses,
        widths: { ipv4: config.ipv4NetworkBits, ipv6: config.ipv6NetworkBits },
      }),
      maxSessions: config.maxSessions,
      balancers: config.balancers,
      xclientPeers: config.xclientPeers,
      times: { idleMs: config.idleSeconds * 1000, sessionMs: config.sessionSeconds * 1000 },
      certificates,
      etrn: (clientAddress, node) => hints.etrn(clientAddress, node),
    },
    {
      connect: ({ address }) => (connect(readiness), hints.connected(address)),
      mailFrom: (client, command) => (haveRoom(readiness), mailFrom(client, command)),
      rcptTo: (transaction, { address, parameters }) =>
        void rcptTo(rcptParts, transaction, { address: mailboxMeant(own, address), parameters }),
      data: (transaction, stream, hangUp) => data(dataParts, stream, transaction, hangUp),
    },
    log,
  );
  const port = await listener.listen(config.smtpHost, config.smtpPort);
  registrar.start();
  behindRcpt.start();

  return {
    port,
    pool,
    spool,
    directory,
    listener,
    registrar,
    scanner,
    memory,
    certificates,
    stopAccepting() {
      isStopping = true;
      return listener.stop();
    },
    async end() {
      await behindRcpt.stop();
      await registrar.stop();
      await room.close();
      scanner.close();
      await certificates.close();
      await directory.close();
      await pool.end();
      await spool.close();
    },
  };
}

/** When the copy of the directory that lies on disk was written; undefined when there is none. */
async function savedAt(file: string): Promise<number | undefined> {
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}
