/**
 * Opens port 25 and maps smtp-server's callbacks to our steps. No decision about mail is made here. This file and connection.ts are
 * the only ones that know smtp-server (pinned to 3.21.6: they change some of its inner parts).
 *
 *   - Every step is wrapped: what is unforeseen is 451 4.3.0, never the 550 or 554 that smtp-server would make of it.
 *   - On a stop, whoever is not in the middle of a message hears 421 at once; the rest after their reply.
 */
import type { Log } from '@holdfast/daemon';
import type { AddressInfo } from 'node:net';
import type {
  SMTPServerAddress,
  SMTPServerDataStream,
  SMTPServerOptions,
  SMTPServerSession,
} from 'smtp-server';
import { parametersIn, type TimeLimits } from './connection';
import type { MailCommand } from './mail-from';
import type { RcptCommand } from './rcpt-to';
import { SmtpRejection } from './rejection';
import { replyToFailure } from './reply-to-failure';
import { Server, type ServerParts } from './server';
import type { Client, Transaction } from './transaction';

/** One function for each step; each throws an `SmtpRejection` to say no. */
export interface Steps {
  connect(client: Client): void;
  mailFrom(client: Client, command: MailCommand): Transaction;
  rcptTo(transaction: Transaction, command: RcptCommand): void | Promise<void>;
  /** @returns the text after 250 */
  data(
    transaction: Transaction,
    stream: SMTPServerDataStream,
    hangUp: (refusal: SmtpRejection) => void,
  ): Promise<string>;
}

export interface ListenerSettings extends Omit<ServerParts, 'log'> {
  maxSessions: number;
  hostname: string;
  maxMessageBytes: number;
  times: TimeLimits;
}

type Step = 'connect' | 'mail' | 'rcpt' | 'data';
type Done = (error?: Error | null, message?: string) => void;

// Far above any command that SMTP has (RFC 5321 section 4.5.3.1.4: 512 octets, more with extensions).
const mostCommandBytes = 4_096;
/** How long a stop waits for messages that are being sent to us. */
const finishWithinMs = 20_000;

export class Listener {
  private readonly server: Server;
  private readonly transactions = new WeakMap<SMTPServerSession, Transaction>();
  private readonly clock: NodeJS.Timeout;
  private isStopping = false;

  constructor(
    private readonly settings: ListenerSettings,
    private readonly steps: Steps,
    private readonly log: Log,
  ) {
    const { hostname, maxMessageBytes, certificates, times } = settings;
    const options: SMTPServerOptions = {
      name: hostname,
      size: maxMessageBytes,
      key: certificates.forNobody.key,
      cert: certificates.forNobody.cert,
      minVersion: 'TLSv1.2',
      logger: false,
      disableReverseLookup: true,
      disabledCommands: ['AUTH', 'WIZ', 'SHELL', 'KILL', 'XFORWARD'],
      hideENHANCEDSTATUSCODES: false,
      hideDSN: false,
      hideREQUIRETLS: false,
      // What an address may look like is decided in the steps; the strict mode refuses some that exist.
      lenientAddressParsing: true,
      maxCommandLength: mostCommandBytes,
      // Of those whose PROXY header has not come yet; the doorkeeper counts the others.
      maxClients: settings.maxSessions,
      socketTimeout: times.idleMs,
      closeTimeout: finishWithinMs,
      heloResponse: '%s',
      onConnect: (session, done) => this.onConnect(session, done),
      onMailFrom: (address, session, done) => this.onMailFrom(address, session, done),
      onRcptTo: (address, session, done) => this.onRcptTo(address, session, done),
      onData: (stream, session, done) => void this.onData(stream, session, done),
    };
    this.server = new Server(options, { ...settings, log });
    this.clock = setInterval(() => this.server.lookAtTheClock(times), times.idleMs / 10).unref();
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

  /** What a stop waits for, in words. */
  get waitsFor(): string {
    const open = [...this.server.connections];
    const busy = open.filter(({ _dataStream }) => _dataStream).length;
    return `${open.length} sessions, ${busy} of them with a message under way`;
  }

  /** Takes no new connection, ends those that wait for nothing, and resolves when the others are done. */
  stop(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.clock);
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
      const through = this.server.connectionOf(session)?.through;
      this.log('connected', {
        sessionId: client.sessionId,
        client: client.address,
        ...(through ? { through } : {}),
      });
      done();
    } catch (failure) {
      done(this.refusalOf(failure, 'connect', client));
    }
  }

  private onMailFrom(address: SMTPServerAddress, session: SMTPServerSession, done: Done): void {
    const client = clientOf(session);
    try {
      const command = { address: address.address, parameters: parametersIn(address) };
      this.transactions.set(session, this.steps.mailFrom(client, command));
      done();
    } catch (failure) {
      done(this.refusalOf(failure, 'mail', client, { sender: address.address }));
    }
  }

  private onRcptTo(parsed: SMTPServerAddress, session: SMTPServerSession, done: Done): void {
    const { address } = parsed;
    const transaction = this.transactionOf(session);
    const { client, sender } = transaction;
    const refuse = (failure: unknown): void => {
      const facts = { sender, recipient: address };
      let waitMs = 0;
      try {
        // RFC 3463: X.1.1 bad destination mailbox address, the answer that those who harvest addresses look for.
        if (failure instanceof SmtpRejection && failure.reply.enhanced === '5.1.1')
          waitMs = this.settings.doorkeeper.guessed(client.address);
      } catch (tooMany) {
        failure = tooMany;
      }
      const refusal = this.refusalOf(failure, 'rcpt', client, facts);
      if (waitMs > 0) setTimeout(() => done(refusal), waitMs);
      else done(refusal);
    };
    try {
      const answer = this.steps.rcptTo(transaction, { address, parameters: parametersIn(parsed) });
      // Most are decided from memory, and cost no turn of the event loop.
      if (answer) answer.then(() => done(), refuse);
      else done();
    } catch (failure) {
      refuse(failure);
    }
  }

  private async onData(stream: SMTPServerDataStream, session: SMTPServerSession, done: Done): Promise<void> {
    // Taken now: smtp-server clears its envelope with the reply, and a next MAIL may be on the wire already.
    const transaction = this.transactionOf(session);
    this.transactions.delete(session);
    const hangUp = (refusal: SmtpRejection): void => {
      this.server.connectionOf(session)?.sendAway(refusal);
      stream.destroy();
    };
    try {
      const answer = await this.steps.data(transaction, stream, hangUp);
      this.server.connectionOf(session)?.forgive();
      done(null, answer);
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
  const { tlsOptions, clientHostname } = session;
  return {
    sessionId: session.id,
    address: session.remoteAddress,
    // Without a name it is the address in brackets.
    ...(clientHostname && !clientHostname.startsWith('[') ? { name: clientHostname } : {}),
    helo: session.hostNameAppearsAs || '',
    isEsmtp: session.openingCommand === 'EHLO',
    ...(tlsOptions
      ? { tls: { version: tlsOptions.version, cipher: tlsOptions.standardName ?? tlsOptions.name } }
      : {}),
  };
}
