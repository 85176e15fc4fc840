/**
 * Asks a primary whom it knows: MAIL from the null sender, one RCPT each, and QUIT before any mail (RFC 5321 sections 3.3 and
 * 4.1.1.3). Bounded in time and octets, because whoever answers is a stranger. STARTTLS is not spoken: a primary that demands
 * it says so to MAIL, and nothing is learned.
 */
import { connect } from 'node:net';

export interface Asking {
  address: string;
  port: number;
  hello: string;
  recipients: string[];
  /** for everything */
  timeoutMs: number;
}

const mostBytes = 64 * 1024;
const wholeReply = /^(?:\d{3}-[^\n]*\n)*\d{3}(?!-)[^\n]*\n/;

/**
 * @returns one reply for each recipient, in order, as far as the primary went
 * @throws Error when it does not get as far as RCPT
 */
export function askPrimary({ address, port, hello, recipients, timeoutMs }: Asking): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const commands = [`EHLO ${hello}`, 'MAIL FROM:<>', ...recipients.map((one) => `RCPT TO:<${one}>`)];
    const replies: string[] = [];
    const toRcpt = 3;
    let text = '';
    let bytes = 0;
    let isDone = false;
    const socket = connect({ host: address, port, noDelay: true });
    const done = (failure?: string): void => {
      if (isDone) return;
      isDone = true;
      clearTimeout(timer);
      socket.end('QUIT\r\n');
      socket.setTimeout(1_000, () => socket.destroy());
      if (replies.length > toRcpt || failure === undefined) resolve(replies.slice(toRcpt));
      else reject(new Error(failure));
    };
    const timer = setTimeout(() => done('no answer in time'), timeoutMs);
    socket.on('data', (chunk) => {
      bytes += chunk.length;
      if (bytes > mostBytes) return done('talks too much');
      text += chunk.toString('latin1');
      for (let reply = wholeReply.exec(text); reply && !isDone; reply = wholeReply.exec(text)) {
        text = text.slice(reply[0].length);
        replies.push(reply[0].trim());
        if (replies.length <= toRcpt && !reply[0].startsWith('2')) return done(`says ${reply[0].trim()}`);
        const next = commands[replies.length - 1];
        if (next === undefined || reply[0].startsWith('421')) return done();
        socket.write(`${next}\r\n`);
      }
    });
    socket.on('error', (error) => done(error.message));
    socket.on('close', () => done('closed the connection'));
  });
}

/**
 * What a reply to RCPT says about the mailbox. Only a no that is about the mailbox counts (enhanced code X.1.n, or none at all):
 * a policy's no ("5.7.1, you are on a list") is about us. undefined: ask again later.
 */
export function knows(reply: string): boolean | undefined {
  if (/^25\d/.test(reply)) return true;
  if (/^55[013][ -](?:5\.1\.\d+|(?!\d\.\d))/.test(reply)) return false;
  return undefined;
}
