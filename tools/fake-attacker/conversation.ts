import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';

const answerWithinMs = 10_000;

/** One connection to port 25, driven by hand: what is written, and reply lines as they come. */
export class Conversation {
  private text = '';
  private isClosed = false;
  private wake: () => void = () => undefined;

  private constructor(public socket: Socket | TLSSocket) {
    this.hear();
  }

  /** @param localAddress where it comes from: all of 127.0.0.0/8 is ours, and ::1 */
  static async open(port: number, localAddress = '127.0.0.1'): Promise<Conversation> {
    const host = localAddress.includes(':') ? '::1' : '127.0.0.1';
    const socket = connect({ port, host, localAddress, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new Conversation(socket);
  }

  send(octets: string | Buffer): void {
    this.socket.write(typeof octets === 'string' ? Buffer.from(octets) : octets);
  }

  /** The next reply, all of its lines, joined by CR LF; 'closed' when the server has ended the connection. */
  async reply(): Promise<string> {
    const until = Date.now() + answerWithinMs;
    for (;;) {
      const whole = /^(?:\d{3}-[^\r\n]*\r\n)*\d{3} [^\r\n]*\r\n/.exec(this.text);
      if (whole) {
        this.text = this.text.slice(whole[0].length);
        return whole[0].trimEnd();
      }
      if (this.isClosed) return 'closed';
      if (Date.now() > until) throw new Error(`No reply; so far: ${JSON.stringify(this.text)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, until - Date.now() + 1);
        this.wake = () => (clearTimeout(timer), resolve());
      });
    }
  }

  /** Goes on encrypted; whatever certificate the server has. @param servername the name that is asked for (SNI); '' for none */
  async secure(servername = ''): Promise<void> {
    this.socket.removeAllListeners('data');
    const secured = connectTls({
      socket: this.socket,
      rejectUnauthorized: false,
      ...(servername ? { servername } : {}),
    });
    await new Promise<void>((resolve, reject) => {
      secured.once('secureConnect', resolve);
      secured.once('error', reject);
    });
    this.socket = secured;
    this.hear();
  }

  close(): void {
    this.socket.destroy();
  }

  private hear(): void {
    this.socket.on('data', (chunk: Buffer) => {
      this.text += chunk.toString();
      this.wake();
    });
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      this.isClosed = true;
      this.wake();
    });
    // A server that half-closes waits for us to close too.
    this.socket.on('end', () => this.socket.end());
  }
}
