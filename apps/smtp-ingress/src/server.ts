/**
 * smtp-server's server (pinned: see listener.ts) with our kind of connection, and with our reading of PROXY headers in place of its
 * own, which knows version 1 alone, no networks, and waits as long as octets drip in.
 */
import type { Log } from '@holdfast/daemon';
import type { Reply } from '@holdfast/mail';
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';
import { proxiedOn } from './behind-balancer';
import type { Certificates } from './certificates';
import type { Networks } from './client-network';
import { Connection, type ConnectionEnds, type TimeLimits } from './connection';
import type { Doorkeeper } from './doorkeeper';

export interface ServerParts {
  doorkeeper: Doorkeeper;
  /** load balancers: each of their connections begins with a PROXY header */
  balancers: Networks;
  /** who may say with XCLIENT for whom it speaks */
  xclientPeers: Networks;
  certificates: Certificates;
  etrn(clientAddress: string, node: string): Promise<Reply>;
  log: Log;
}

type Done = Parameters<SMTPServer['_handleProxy']>[1];

/** smtp-server makes one of its own for the empty one. */
const noId = { id: '' };

export class Server extends SMTPServer {
  private readonly bySession = new WeakMap<SMTPServerSession, Connection>();

  constructor(
    options: SMTPServerOptions,
    readonly parts: ServerParts,
  ) {
    super(options);
  }

  connectionOf(session: SMTPServerSession): Connection | undefined {
    return this.bySession.get(session);
  }

  /** As in smtp-server, with our kind of connection. */
  override connect(socket: Socket, ends?: ConnectionEnds | null): void {
    const connection = new Connection(this, socket, ends);
    this.bySession.set(connection.session, connection);
    this.connections.add(connection);
    connection.on('error', (error) => this._onError(error));
    connection.init();
  }

  override _expectsProxyHeader(socket: Socket): boolean {
    return this.parts.balancers.has(socket.remoteAddress);
  }

  override _handleProxy(socket: Socket, done: Done): void {
    if (!this._expectsProxyHeader(socket)) return done(null, noId);
    const through = socket.remoteAddress ?? '';
    proxiedOn(socket).then(
      ({ bytes, ends }) => {
        if (socket.destroyed) return done(new Error('gone'));
        const addresses = ends && {
          remoteAddress: ends.clientAddress,
          remotePort: ends.clientPort,
          localAddress: ends.ourAddress,
          localPort: ends.ourPort,
          through,
        };
        done(null, { ...noId, headerBytes: bytes, ...addresses } as Parameters<Done>[1]);
      },
      (error: Error) => {
        this.parts.log('proxy-header-bad', { client: through, error: error.message });
        // Temporary: mail must not bounce because a balancer is set up wrongly.
        socket.end('421 4.3.2 Our load balancer does not say for whom it speaks; please try again later\r\n');
        setTimeout(() => socket.destroy(), lingerMs).unref();
        done(error);
      },
    );
  }

  override _resolveSNI(
    servername: string,
    done: (error: Error | null, context?: SecureContext) => void,
  ): void {
    done(null, this.parts.certificates.contextFor(servername));
  }

  /** Ends what has taken too long. */
  lookAtTheClock(limits: TimeLimits): void {
    const now = performance.now();
    for (const connection of this.connections) (connection as Connection).lookAtTheClock(now, limits);
  }
}

/** For the last words to be read. */
const lingerMs = 1_000;
