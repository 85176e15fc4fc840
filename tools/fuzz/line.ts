/** The stranger's end of a connection. Every reply that comes is looked at, whoever waits for it. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { isWrittenDown } from './permanent-replies';

/** Nothing that port 25 says is longer. */
const mostReplyOctets = 64 * 1024;

export class Line {
  /** ids that a 250 has named */
  readonly taken: string[] = [];
  /** the first reply that must not be */
  complaint: string | undefined;
  isClosed = false;
  private text = '';
  private readonly replies: string[] = [];
  private wake: () => void = () => undefined;

  private constructor(private socket: Socket) {
    this.hear(socket);
  }

  static async open(port: number, localAddress: string): Promise<Line> {
    const socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true });
    await once(socket, 'connect');
    return new Line(socket);
  }

  /** @param octets as Latin-1 @param cuts where a segment ends */
  say(octets: string, cuts: number[] = []): void {
    const whole = Buffer.from(octets, 'latin1');
    let from = 0;
    for (const cut of [...cuts].sort((a, b) => a - b)) {
      if (cut <= from || cut >= whole.length) continue;
      this.socket.write(whole.subarray(from, cut));
      from = cut;
    }
    this.socket.write(whole.subarray(from));
  }

  /** The next reply, its last line; '' when none comes in time, or any more. */
  async reply(withinMs: number): Promise<string> {
    await this.until(withinMs, () => this.replies.length > 0 || this.isClosed);
    return this.replies.shift() ?? '';
  }

  async closed(withinMs: number): Promise<boolean> {
    await this.until(withinMs, () => this.isClosed);
    return this.isClosed;
  }

  async startTls(withinMs = 20_000): Promise<void> {
    this.socket.removeAllListeners('data');
    const secured = connectTls({ socket: this.socket, rejectUnauthorized: false });
    this.hear(secured);
    this.socket = secured;
    await once(secured, 'secureConnect', { signal: AbortSignal.timeout(withinMs) });
  }

  end(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }

  private async until(withinMs: number, isSo: () => boolean): Promise<void> {
    const deadline = Date.now() + withinMs;
    while (!isSo() && Date.now() < deadline)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, deadline - Date.now());
        this.wake = () => (clearTimeout(timer), resolve());
      });
  }

  private hear(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => {
      this.text += chunk.toString();
      this.take();
      this.wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isClosed = true;
      this.wake();
    });
  }

  private take(): void {
    let whole: RegExpExecArray | null;
    while ((whole = /^(?:\d{3}-[^\r\n]*\r\n)*(\d{3} [^\r\n]*)\r\n/.exec(this.text))) {
      this.text = this.text.slice(whole[0].length);
      this.judge(whole[1] as string);
      this.replies.push(whole[1] as string);
    }
    if (this.text.length > mostReplyOctets || /^(?!\d{0,3}$|\d{3}[ -])/.test(this.text))
      this.complaint ??= `no SMTP reply: ${JSON.stringify(this.text.slice(0, 200))}`;
  }

  private judge(reply: string): void {
    const queued = /^250 .* queued as (.*)$/.exec(reply);
    if (queued) this.taken.push(...(queued[1] as string).split(', '));
    if (/^5/.test(reply) && !isWrittenDown(reply))
      this.complaint ??= `a permanent no that is not written down: ${reply}`;
    if (/^451 4\.3\.0/.test(reply)) this.complaint ??= `something unforeseen: ${reply}`;
    if (!/^[245]\d\d |^354 /.test(reply)) this.complaint ??= `no such reply: ${reply}`;
  }
}
