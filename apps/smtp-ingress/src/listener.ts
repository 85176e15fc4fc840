/**
 * The only file that knows smtp-server (pinned to 3.21.6: it changes some of its inner parts). It speaks the protocol and calls our
 * steps; no decision about mail is made here.
 *
 * What it changes, and why:
 *   - The wait for early talkers is 20 ms instead of 100. A program that blasts its commands without listening has them on the
 *     wire with its first packet; 100 ms for everybody held one message a connection to a third of the speed.
 *   - Enhanced status codes (RFC 2034) are on, but ours are written by the steps, and its own are put right (`codeFor`).
 *   - Every step is wrapped: what is unforeseen is 451 4.3.0, never the 550 or 554 that smtp-server would make of it.
 *   - On a stop, whoever is not in the middle of a message hears 421 at once; the rest after their reply.
 */
import type { Log } from '@holdfast/daemon';
import type { AddressInfo, Socket } from 'node:net';
import {
  SMTPServer,
  type SMTPServerAddress,
  type SMTPServerDataStream,
  type SMTPServerSession,
} from 'smtp-server';
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import type { Certificate } from './certificate';
import type { MailCommand } from './mail-from';
import { SmtpRejection } from './rejection';
import { replyToFailure } from './reply-to-failure';
import type { Client, Transaction } from './transaction';

/** One function for each step; each throws an `SmtpRejection` to say no. */
export interface Steps {
  connect(client: Client): void;
  mailFrom(client: Client, command: MailCommand): Transaction;
  rcptTo(transaction: Transaction, address: string): void;
  /** @returns the text after 250 */
  data(
    transaction: Transaction,
    stream: SMTPServerDataStream,
    hangUp: (refusal: SmtpRejection) => void,
  ): Promise<string>;
}

export interface ListenerSettings {
  hostname: string;
  maxMessageBytes: number;
  maxSessions: number;
  certificate: Certificate;
}

type Step = 'connect' | 'mail' | 'rcpt' | 'data';
type Done = (error?: Error | null, message?: string) => void;

/** Long enough for commands that were sent with, or right behind, the first packet; short enough to be no price. */
const earlyTalkerMs = 20;
// RFC 5321 section 4.5.3.2.7: a server waits five minutes for the next command.
const idleMs = 300_000;
// Far above any command that SMTP has (RFC 5321 section 4.5.3.1.4: 512 octets, more with extensions).
const mostCommandBytes = 4_096;
/** How long a stop waits for messages that are being sent to us. */
const finishWithinMs = 10_000;

export class Listener {
  private readonly server: Server;
  private readonly transactions = new WeakMap<SMTPServerSession, Transaction>();
  private isStopping = false;

  constructor(
    settings: ListenerSettings,
    private readonly steps: Steps,
    private readonly log: Log,
  ) {
    const { hostname, maxMessageBytes, maxSessions, certificate } = settings;
    this.server = new Server({
      name: hostname,
      size: maxMessageBytes,
      maxClients: maxSessions,
      key: certificate.key,
      cert: certificate.cert,
      minVersion: 'TLSv1.2',
      logger: false,
      disableReverseLookup: true,
      disabledCommands: ['AUTH', 'WIZ', 'SHELL', 'KILL', 'XCLIENT', 'XFORWARD'],
      hideENHANCEDSTATUSCODES: false,
      // What an address may look like is decided in the steps; the strict mode refuses some that exist.
      lenientAddressParsing: true,
      maxCommandLength: mostCommandBytes,
      socketTimeout: idleMs,
      closeTimeout: finishWithinMs,
      heloResponse: '%s',
      onConnect: (session, done) => this.onConnect(session, done),
      onMailFrom: (address, session, done) => this.onMailFrom(address, session, done),
      onRcptTo: (address, session, done) => this.onRcptTo(address, session, done),
      onData: (stream, session, done) => void this.onData(stream, session, done),
    });
    // A socket that breaks is nobody's failure. Without a listener it would end the process.
    this.server.on('error', (error: Error) => this.log('session-failed', { error: error.message }));
  }

  /** @returns the port, which matters when 0 was asked for. Several processes may listen on one. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const { server } = this.server;
      server.once('error', reject);
      server.listen({ host, port, reusePort: port !== 0, backlog: 511 }, () => {
        server.removeListener('error', reject);
        resolve((server.address() as AddressInfo).port);
      });
    });
  }

  get sessions(): number {
    return this.server.connections.size;
  }

  /** Takes no new connection, ends those that wait for nothing, and resolves when the others are done. */
  stop(): Promise<void> {
    this.isStopping = true;
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      for (const connection of this.server.connections)
        if (!connection._dataStream) connection.send(421, stopping);
    });
  }

  private onConnect(session: SMTPServerSession, done: Done): void {
    const client = clientOf(session);
    try {
      this.steps.connect(client);
      this.log('connected', { sessionId: client.sessionId, client: client.address });
      done();
    } catch (failure) {
      done(this.refusalOf(failure, 'connect', client));
    }
  }

  private onMailFrom(address: SMTPServerAddress, session: SMTPServerSession, done: Done): void {
    const client = clientOf(session);
    try {
      const parameters = (address.args || {}) as Record<string, string | boolean>;
      this.transactions.set(session, this.steps.mailFrom(client, { address: address.address, parameters }));
      done();
    } catch (failure) {
      done(this.refusalOf(failure, 'mail', client, { sender: address.address }));
    }
  }

  private onRcptTo({ address }: SMTPServerAddress, session: SMTPServerSession, done: Done): void {
    const transaction = this.transactionOf(session);
    try {
      this.steps.rcptTo(transaction, address);
      done();
    } catch (failure) {
      done(
        this.refusalOf(failure, 'rcpt', transaction.client, {
          sender: transaction.sender,
          recipient: address,
        }),
      );
    }
  }

  private async onData(stream: SMTPServerDataStream, session: SMTPServerSession, done: Done): Promise<void> {
    // Taken now: smtp-server clears its envelope with the reply, and a next MAIL may be on the wire already.
    const transaction = this.transactionOf(session);
    this.transactions.delete(session);
    const hangUp = ({ reply }: SmtpRejection): void => {
      const connection = this.server.connectionOf(session);
      connection?.send(reply.code, `${reply.enhanced} ${reply.text}`);
      connection?.close();
      stream.destroy();
    };
    try {
      done(null, await this.steps.data(transaction, stream, hangUp));
    } catch (failure) {
      const { client, sender, recipients } = transaction;
      done(this.refusalOf(failure, 'data', client, { sender, recipients: recipients.size }));
    }
    if (this.isStopping) this.server.connectionOf(session)?.send(421, stopping);
  }

  private transactionOf(session: SMTPServerSession): Transaction {
    const transaction = this.transactions.get(session);
    // smtp-server has checked the order of commands; should it ever not have, nobody's mail ends in somebody else's envelope.
    if (!transaction) throw new Error('no transaction');
    return transaction;
  }

  /** What smtp-server sends for a failure; logs what was decided, and in full what was not. */
  private refusalOf(
    failure: unknown,
    step: Step,
    client: Client,
    facts: Record<string, unknown> = {},
  ): Error {
    const { code, enhanced, text } = replyToFailure(failure);
    const common = { sessionId: client.sessionId, client: client.address, ...facts };
    if (failure instanceof SmtpRejection)
      this.log(`refused-at-${step}`, {
        ...common,
        reply: failure.message,
        ...(failure.reason ? { reason: failure.reason } : {}),
      });
    else if (step === 'data') this.log('put-failed', { ...common, error: failure });
    else this.log('session-failed', { ...common, step, error: failure });
    return Object.assign(new Error(`${enhanced} ${text}`), { responseCode: code });
  }
}

const stopping = '4.3.2 We are stopping; please try again in a minute';

function clientOf(session: SMTPServerSession): Client {
  const { tlsOptions } = session;
  return {
    sessionId: session.id,
    address: session.remoteAddress,
    helo: session.hostNameAppearsAs || '',
    isEsmtp: session.openingCommand === 'EHLO',
    ...(tlsOptions
      ? { tls: { version: tlsOptions.version, cipher: tlsOptions.standardName ?? tlsOptions.name } }
      : {}),
  };
}

class Server extends SMTPServer {
  private readonly bySession = new WeakMap<SMTPServerSession, SMTPConnection>();

  connectionOf(session: SMTPServerSession): SMTPConnection | undefined {
    return this.bySession.get(session);
  }

  /** As in smtp-server, with our kind of connection. */
  override connect(socket: Socket, options?: SMTPConnectionOptions | null): void {
    const connection = new Connection(this, socket, options);
    this.bySession.set(connection.session, connection);
    this.connections.add(connection);
    connection.on('error', (error) => this._onError(error));
    connection.init();
  }
}

class Connection extends SMTPConnection {
  override init(): void {
    this._setListeners(() => {
      const { maxClients } = this._server.options;
      if (maxClients && this._server.connections.size > maxClients)
        return this.send(421, '4.3.2 Too many connections at the moment; please try again later');
      setTimeout(() => this.connectionReady(), earlyTalkerMs).unref();
    });
  }

  override send(code: number, text?: string | string[] | null, context?: string | false): void {
    if (typeof text !== 'string' || context === false) return super.send(code, text, context);
    if (isEnhanced.test(text)) return super.send(code, text, false);
    const enhanced = codeFor(code, text) ?? this._getEnhancedStatusCode(code, context);
    return super.send(code, enhanced ? `${enhanced} ${text}` : text, false);
  }
}

const isEnhanced = /^[245]\.\d{1,3}\.\d{1,3} /;

/** Where smtp-server's own choice misleads (RFC 3463). */
function codeFor(code: number, text: string): string | undefined {
  // It would say 4.4.2, "bad connection", for everything that it ends.
  if (code === 421) return /shutting down/i.test(text) ? '4.3.2' : /timeout/i.test(text) ? '4.4.2' : '4.7.0';
  // 2.1.5 would confirm the address that VRFY must not give away.
  if (code === 252) return '2.0.0';
  return undefined;
}
