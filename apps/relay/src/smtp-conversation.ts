/**
 * The only file that speaks SMTP as a client. One conversation is one connection to one hop, used for many messages.
 *
 * Takes an envelope and a body as stored; promises that the body arrives byte for byte (dot-stuffed on the way, RFC 5321 section
 * 4.5.2) and gives each recipient's own reply. Refuses to guess: a connection that breaks before the reply to the final dot is
 * `ConversationLost`, and whoever calls decides. Uses PIPELINING where it is offered (RFC 2920).
 */
import type { Hop, TlsPolicy } from '@holdfast/directory';
import SMTPConnection from 'nodemailer/lib/smtp-connection';

/** The hop could not be talked to at all; `message` is for the tenant: the server's own words where there were any. */
export class Unreachable extends Error {}

/** The connection broke part-way through a message. */
export class ConversationLost extends Error {}

export interface RecipientReply {
  recipient: string;
  reply: string;
}

export interface ConversationSettings {
  hostname: string;
  connectTimeoutMs: number;
  /** silence after which a connection counts as dead; RFC 5321 section 4.5.3.2 asks for 10 minutes after the final dot */
  socketTimeoutMs: number;
}

type Failure = Error & {
  code?: string;
  response?: string;
  responseCode?: number;
  command?: string;
  rejectedErrors?: Failure[];
  recipient?: string;
};

export class SmtpConversation {
  /** messages taken so far */
  sent = 0;
  private lost: Error | undefined;
  private onLost: ((error: Error) => void) | undefined;

  private constructor(
    private readonly connection: SMTPConnection,
    readonly hop: Hop,
  ) {
    const end = (error: Error): void => {
      this.lost ??= error;
      this.onLost?.(error);
    };
    connection.on('error', (error: Error) => end(error));
    // The end comes before the error that explains it.
    connection.on('end', () => setImmediate(() => end(new Error('the primary closed the connection'))));
  }

  /** Connects, greets and, as the hop's policy says, encrypts. @throws Unreachable */
  static async open(
    hop: Hop,
    tlsPolicy: TlsPolicy,
    settings: ConversationSettings,
  ): Promise<SmtpConversation> {
    const connection = new SMTPConnection({
      host: hop.address,
      port: hop.port,
      servername: hop.host,
      name: settings.hostname,
      secure: false,
      ignoreTLS: tlsPolicy === 'none',
      requireTLS: tlsPolicy === 'required',
      opportunisticTLS: tlsPolicy === 'opportunistic',
      // Without a policy that asks for it, a certificate that cannot be verified is still better than no encryption.
      tls: { rejectUnauthorized: tlsPolicy === 'required', servername: hop.host },
      connectionTimeout: settings.connectTimeoutMs,
      greetingTimeout: settings.connectTimeoutMs,
      socketTimeout: settings.socketTimeoutMs,
      maxResponseSize: 64 * 1024,
      allowInternalNetworkInterfaces: true,
    });
    await new Promise<void>((resolve, reject) => {
      const fail = (error?: Failure): void => {
        connection.close();
        reject(new Unreachable(inWords(error)));
      };
      connection.once('error', fail);
      connection.once('end', () => setImmediate(() => fail()));
      connection.connect((error) => {
        if (error) return fail(error as Failure);
        connection.removeAllListeners('error');
        connection.removeAllListeners('end');
        resolve();
      });
    });
    return new SmtpConversation(connection, hop);
  }

  get isUsable(): boolean {
    return this.lost === undefined;
  }

  /**
   * Offers one message to its recipients.
   * @returns each recipient's reply: to its RCPT where that was refused, otherwise to the final dot
   * @throws ConversationLost
   */
  async send(
    envelope: { from: string; to: string[]; bytes: number; is8Bit: boolean },
    body: Buffer,
  ): Promise<RecipientReply[]> {
    if (this.lost) throw new ConversationLost(inWords(this.lost as Failure));
    const answer = await new Promise<{
      failure?: Failure;
      info?: { response: string; rejectedErrors?: Failure[] };
    }>((resolve) => {
      this.onLost = (error) => resolve({ failure: error as Failure });
      this.connection.send(
        { from: envelope.from, to: envelope.to, size: envelope.bytes, use8BitMime: envelope.is8Bit },
        body,
        (error, info) =>
          resolve(
            error
              ? { failure: error as Failure }
              : { info: info as { response: string; rejectedErrors?: Failure[] } },
          ),
      );
    });
    this.onLost = undefined;
    if (answer.info) {
      this.sent++;
      const { response, rejectedErrors = [] } = answer.info;
      const own = new Map(rejectedErrors.map((error) => [error.recipient, error.response]));
      return envelope.to.map((recipient) => ({ recipient, reply: own.get(recipient) ?? response }));
    }
    const failure = answer.failure as Failure;
    if (!failure.response && failure.code === 'EMESSAGE' && failure.command === 'MAIL FROM') {
      // The server announced a SIZE that this message passes, and was not asked; say what it would have said (RFC 1870 section 6.1).
      return envelope.to.map((recipient) => ({ recipient, reply: `552 5.3.4 ${failure.message}` }));
    }
    if (!failure.response || this.lost) {
      this.close();
      throw new ConversationLost(inWords(failure));
    }
    await this.reset();
    const own = new Map((failure.rejectedErrors ?? []).map((error) => [error.recipient, error.response]));
    const common = failure.response;
    return envelope.to.map((recipient) => ({ recipient, reply: own.get(recipient) ?? common }));
  }

  /** Says goodbye; does not wait for the answer. */
  quit(): void {
    if (this.lost) return;
    this.lost = new Error('we said goodbye');
    this.connection.quit();
  }

  close(): void {
    this.lost ??= new Error('we closed it');
    this.connection.close();
  }

  /** A refused transaction is still open at the other side; without this the next message would be part of it. */
  private async reset(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.onLost = () => resolve();
      this.connection.reset((error) => {
        if (error) this.close();
        resolve();
      });
    });
    this.onLost = undefined;
  }
}

const words: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  EPIPE: 'the connection was closed',
};

/** The primary's own words, or a plain sentence for what the network did. */
export function inWords(error: Failure | undefined): string {
  if (!error) return 'the connection was closed before the greeting';
  if (error.response) return error.response;
  const cause = /E[A-Z]{4,}/.exec(error.message)?.[0];
  if (cause && words[cause]) return words[cause];
  if (error.code === 'ETIMEDOUT') return `no answer in time (${error.message.toLowerCase()})`;
  if (error.code === 'ETLS') return `TLS failed: ${error.message}`;
  return error.message;
}
