import type { AddressInfo } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** A real mail server that takes everything and reads it; it can be told to refuse recipients. */
export class MailSink {
  readonly received: ParsedMail[] = [];
  port = 0;
  private replies = new Map<string, string>();
  private waiting: (() => void)[] = [];
  private readonly server = new SMTPServer({
    authOptional: true,
    logger: false,
    disableReverseLookup: true,
    onRcptTo: ({ address }, _session, callback) => {
      const reply = this.replies.get(address);
      if (!reply) return callback();
      callback(Object.assign(new Error(reply.slice(4)), { responseCode: Number(reply.slice(0, 3)) }));
    },
    onData: (stream, _session, callback) => {
      simpleParser(stream).then((mail) => {
        this.received.push(mail);
        callback();
        for (const wake of this.waiting.splice(0)) wake();
      }, callback);
    },
  });

  static async start(): Promise<MailSink> {
    const sink = new MailSink();
    sink.server.on('error', () => undefined);
    await new Promise<void>((resolve) => void sink.server.listen(0, '127.0.0.1', resolve));
    sink.port = (sink.server.server.address() as AddressInfo).port;
    return sink;
  }

  /** From now on `address` hears `reply`; undefined: welcome again. */
  answers(address: string, reply: string | undefined): void {
    if (reply) this.replies.set(address, reply);
    else this.replies.delete(address);
  }

  async has(count: number): Promise<void> {
    while (this.received.length < count) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}
