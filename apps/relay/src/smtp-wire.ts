/**
 * A TCP connection on which whole replies come in and commands go out. Knows nothing of what they mean.
 *
 * Bounded in time by silence and in size by reply, because whoever answers is a stranger. Replies that nobody has asked for yet
 * wait in order: that is what PIPELINING is (RFC 2920). What was buffered before a TLS handshake is thrown away (RFC 3207
 * section 4.2): somebody on the way may have put it there.
 */
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { inWords, NotSmtp, WireLost } from './words-for-failures';

const mostBytesInReply = 64 * 1024;
/** A thousand recipients are a thousand replies; more, unasked, is a server gone mad. */
const mostRepliesWaiting = 2_000;
const replyLine = /^[2-5]\d\d(?:[ -]|$)/;

interface Waiter {
  resolve(reply: string): void;
  reject(error: Error): void;
}

export class SmtpWire {
  private text = '';
  /** lines of the reply that is under way */
  private lines: string[] = [];
  private bytesInReply = 0;
  private readonly arrived: string[] = [];
  private readonly waiters: Waiter[] = [];
  private failure: Error | undefined;

  private constructor(private socket: Socket) {
    this.listenTo(socket);
  }

  /** @throws WireLost */
  static connect(address: string, port: number, timeoutMs: number): Promise<SmtpWire> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: address, port, noDelay: true });
      const fail = (error: Error): void => {
        clearTimeout(timer);
        socket.destroy();
        reject(new WireLost(inWords(error)));
      };
      const timer = setTimeout(
        () => fail(new Error(`no answer within ${timeoutMs / 1_000} seconds`)),
        timeoutMs,
      );
      socket.once('error', fail);
      socket.once('connect', () => {
        clearTimeout(timer);
        socket.removeListener('error', fail);
        // Where nobody listens, the kernel may choose that very port for our side and connect us with ourselves.
        if (socket.localPort === port && socket.localAddress === socket.remoteAddress)
          return fail(new Error('connection refused'));
        resolve(new SmtpWire(socket));
      });
    });
  }

  get remoteAddress(): string {
    return this.socket.remoteAddress ?? '';
  }

  get isLost(): boolean {
    return this.failure !== undefined;
  }

  /** A reply that came although nothing was asked: mostly a 421 before the server leaves. */
  get unasked(): string | undefined {
    return this.arrived[0];
  }

  /** The next reply, its lines joined by LF. @throws WireLost when the connection broke or was silent for `timeoutMs` */
  reply(timeoutMs: number): Promise<string> {
    const first = this.arrived.shift();
    if (first !== undefined) return Promise.resolve(first);
    if (this.failure) return Promise.reject(this.failure);
    this.socket.setTimeout(timeoutMs);
    return new Promise((resolve, reject) => this.waiters.push({ resolve, reject }));
  }

  write(...parts: (string | Buffer)[]): void {
    if (this.failure) return;
    if (parts.length === 1) return void this.socket.write(parts[0] as string | Buffer);
    this.socket.cork();
    for (const part of parts) this.socket.write(part);
    this.socket.uncork();
  }

  command(line: string, timeoutMs: number): Promise<string> {
    this.write(`${line}\r\n`);
    return this.reply(timeoutMs);
  }

  /** After the server's 220 to STARTTLS. @throws WireLost */
  startTls(options: ConnectionOptions, timeoutMs: number): Promise<TLSSocket> {
    const plain = this.socket;
    plain.removeAllListeners();
    plain.setTimeout(0);
    this.text = '';
    this.lines = [];
    this.arrived.length = 0;
    return new Promise((resolve, reject) => {
      const encrypted = connectTls({ ...options, socket: plain });
      const fail = (error: Error): void => {
        clearTimeout(timer);
        this.lose(error);
        encrypted.destroy();
        plain.destroy();
        reject(this.failure as Error);
      };
      const timer = setTimeout(() => fail(new Error('no answer in time')), timeoutMs);
      const closed = (): void => fail(new Error('the connection was closed during the handshake'));
      plain.on('error', () => undefined);
      encrypted.once('error', fail);
      encrypted.once('close', closed);
      encrypted.once('secureConnect', () => {
        clearTimeout(timer);
        encrypted.removeListener('error', fail);
        encrypted.removeListener('close', closed);
        this.socket = encrypted;
        this.listenTo(encrypted);
        resolve(encrypted);
      });
    });
  }

  /** Says its last words and leaves, without waiting for an answer. */
  end(lastWords: string): void {
    if (this.failure) {
      this.socket.destroy();
      return;
    }
    this.failure = new WireLost('we said goodbye');
    const { socket } = this;
    socket.end(`${lastWords}\r\n`);
    socket.setTimeout(2_000, () => socket.destroy());
  }

  destroy(): void {
    this.lose(new Error('we closed it'));
    this.socket.destroy();
  }

  private listenTo(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => this.hear(chunk));
    socket.on('error', (error) => this.lose(error));
    socket.on('timeout', () => {
      // Silence counts only while something is awaited.
      if (this.waiters.length === 0) return;
      this.lose(new Error('no answer in time'));
      socket.destroy();
    });
    // In the order in which they come: what was said before the end is heard before it.
    socket.on('end', () => this.lose(new Error('the primary closed the connection')));
    socket.on('close', () => this.lose(new Error('the primary closed the connection')));
  }

  private hear(chunk: Buffer): void {
    this.text += chunk.toString('latin1');
    this.bytesInReply += chunk.length;
    for (let end = this.text.indexOf('\n'); end >= 0; end = this.text.indexOf('\n')) {
      const line = this.text.slice(0, end).replace(/\r$/, '');
      this.text = this.text.slice(end + 1);
      if (!replyLine.test(line))
        return this.giveUp(new NotSmtp(`does not speak SMTP: ${line.slice(0, 100)}`));
      this.lines.push(line);
      if (line[3] === '-') continue;
      this.take(decoded(this.lines.join('\n')));
      this.lines = [];
      this.bytesInReply = this.text.length;
    }
    if (this.bytesInReply > mostBytesInReply)
      this.giveUp(new NotSmtp(`sends more than ${mostBytesInReply / 1024} KB where a short answer belongs`));
  }

  private take(reply: string): void {
    const waiter = this.waiters.shift();
    if (waiter) return waiter.resolve(reply);
    this.arrived.push(reply);
    if (this.arrived.length > mostRepliesWaiting) this.giveUp(new NotSmtp('answers what nobody asked'));
  }

  private giveUp(error: Error): void {
    this.lose(error);
    this.socket.destroy();
  }

  private lose(error: Error): void {
    this.failure ??= error instanceof NotSmtp ? error : new WireLost(inWords(error));
    for (const waiter of this.waiters.splice(0)) waiter.reject(this.failure);
  }
}

/** Reply text has no charset (RFC 5321 section 4.2.1); most who leave ASCII mean UTF-8. */
function decoded(latin1: string): string {
  const utf8 = Buffer.from(latin1, 'latin1').toString('utf8');
  return utf8.includes('\ufffd') ? latin1 : utf8;
}
