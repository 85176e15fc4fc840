/**
 * A conversation with a mail server that we only want to get to know: command, reply, command, reply (RFC 5321), with STARTTLS
 * (RFC 3207) whatever the certificate is, because what is wrong with it is what we want to know. No DATA, ever. Bounded in octets;
 * in time by the check that it belongs to.
 */
import type { Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type TLSSocket } from 'node:tls';
import { parseReply } from '@holdfast/mail';
import { CouldNotCheck } from '../known';
import { quote } from '../words';
import { dial, type DialRules } from './dial';

export interface SmtpReply {
  code: number;
  /** `5.7.1`, or `5.0.0` where none was given */
  enhanced: string;
  /** code and words on one line, as it may be shown */
  text: string;
  /** the lines without codes */
  lines: string[];
}

export interface Certificate {
  /** DER, the server's own first */
  chain: Buffer[];
  validTo: Date;
  /** names in it, as far as they fit in a sentence */
  names: string[];
  isForHost: boolean;
  /** why it does not lead to an authority that we know; undefined: it does, and is for this host, and has not expired */
  problem: string | undefined;
}

/** The other side would not or could not encrypt: a finding about it, unlike a silence. */
export class TlsFailed extends CouldNotCheck {}

const mostBytes = 64 * 1024;
const longestChain = 10;
const wholeReply = /^(?:\d{3}-[^\n]*\n)*\d{3}(?!-)[^\n]*\n/;

export class SmtpTalk {
  #received = '';
  #bytes = 0;
  #wait: { resolve: (reply: SmtpReply) => void; reject: (error: Error) => void } | undefined;
  #end: CouldNotCheck | undefined;

  private constructor(
    private socket: Socket,
    readonly address: string,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', this.#onAbort);
    this.#listen(socket);
  }

  /** Connects and hears the greeting. @throws CouldNotCheck */
  static async open(
    address: string,
    port: number,
    rules: DialRules,
    signal: AbortSignal,
  ): Promise<{ talk: SmtpTalk; greeting: SmtpReply }> {
    const talk = new SmtpTalk(await dial(address, port, rules, signal), address, signal);
    try {
      return { talk, greeting: await talk.#reply() };
    } catch (error) {
      talk.close();
      throw error;
    }
  }

  /** @throws CouldNotCheck when no reply comes */
  async say(command: string): Promise<SmtpReply> {
    if (!this.#end) this.socket.write(`${command}\r\n`);
    return this.#reply();
  }

  /** After the 220 to STARTTLS. @throws TlsFailed when no encryption comes about, CouldNotCheck when nothing is heard */
  encrypt(host: string, ca: string[] | undefined): Promise<Certificate> {
    const plain = this.socket;
    plain.removeAllListeners('data');
    this.#received = ''; // nothing said before the handshake counts after it
    return new Promise((resolve, reject) => {
      const socket = connectTls({
        socket: plain,
        servername: host,
        rejectUnauthorized: false,
        ...(ca && { ca }),
      });
      const fail = (error: Error): void => {
        this.#fail(new TlsFailed(`the TLS handshake failed (${quote(error.message)})`));
        reject(this.#end as Error);
      };
      socket.once('error', fail);
      socket.once('close', () => fail(new Error('it closed the connection')));
      socket.once('secureConnect', () => {
        socket.removeAllListeners('close');
        this.socket = socket;
        this.#listen(socket);
        resolve(certificateOf(socket, host));
      });
      if (this.signal.aborted) fail(new Error('no time was left'));
    });
  }

  /** Says goodbye; does not wait for the answer. */
  close(): void {
    if (!this.#end && !this.socket.destroyed) this.socket.end('QUIT\r\n');
    this.#end ??= new CouldNotCheck('we said goodbye');
    this.signal.removeEventListener('abort', this.#onAbort);
    const { socket } = this;
    socket.setTimeout(500, () => socket.destroy());
  }

  readonly #onAbort = (): void => this.#fail(new CouldNotCheck(`${this.address} did not answer in time`));

  #listen(socket: Socket): void {
    socket.on('error', (error: NodeJS.ErrnoException) =>
      this.#fail(
        new CouldNotCheck(`${this.address} broke the connection (${error.code ?? quote(error.message)})`),
      ),
    );
    socket.on('close', () => this.#fail(new CouldNotCheck(`${this.address} closed the connection`)));
    socket.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length;
      if (this.#bytes > mostBytes)
        return this.#fail(new CouldNotCheck(`${this.address} sends more than belongs into a short answer`));
      this.#received += chunk.toString('utf8');
      this.#hear();
    });
  }

  #reply(): Promise<SmtpReply> {
    return new Promise((resolve, reject) => {
      this.#wait = { resolve, reject };
      this.#hear();
      if (this.#wait && this.#end) reject(this.#end);
      if (this.#wait && this.signal.aborted) this.#onAbort();
    });
  }

  #hear(): void {
    const waiting = this.#wait;
    if (!waiting) return;
    const reply = wholeReply.exec(this.#received)?.[0];
    if (reply === undefined) {
      if (/^(?!\d{3}[ \r\n-])[^\n]*\n/.test(this.#received))
        this.#fail(new CouldNotCheck(`${this.address} does not speak SMTP: ${quote(this.#received)}`));
      return;
    }
    this.#received = this.#received.slice(reply.length);
    const parsed = parseReply(reply);
    if (!parsed) return this.#fail(new CouldNotCheck(`${this.address} does not speak SMTP: ${quote(reply)}`));
    this.#wait = undefined;
    const lines = reply
      .split(/\r?\n/)
      .filter((line) => line !== '')
      .map((line) => line.slice(4));
    waiting.resolve({ code: parsed.code, enhanced: parsed.enhanced, text: quote(reply), lines });
  }

  #fail(error: CouldNotCheck): void {
    this.#end ??= error;
    this.socket.destroy();
    this.signal.removeEventListener('abort', this.#onAbort);
    this.#wait?.reject(this.#end);
    this.#wait = undefined;
  }
}

function certificateOf(socket: TLSSocket, host: string): Certificate {
  const chain: Buffer[] = [];
  let next = socket.getPeerCertificate(true);
  while (next.raw && chain.length < longestChain) {
    chain.push(next.raw);
    if (!next.issuerCertificate || next.issuerCertificate === next) break;
    next = next.issuerCertificate;
  }
  const own = socket.getPeerCertificate();
  const names = (own.subjectaltname ?? own.subject?.CN ?? '')
    .toString()
    .split(', ')
    .map((name) => quote(name.replace(/^(DNS|IP Address):/, '')));
  const wrongName = checkServerIdentity(host, own);
  return {
    chain,
    validTo: new Date(own.valid_to),
    names,
    isForHost: wrongName === undefined,
    problem: socket.authorized
      ? wrongName && 'it is for another name'
      : quote(String(socket.authorizationError)),
  };
}
