/**
 * One knock at one address: TCP, the greeting, EHLO (HELO for servers that know no better), QUIT; RFC 5321 sections 3.1 to 3.3
 * and 4.3.1. It asks nothing about mail and leaves nothing behind. Bounded in time and in bytes, because whoever answers is a
 * stranger. What the server said is handed on in its own words.
 */
import { connect } from 'node:net';

export interface Knock {
  address: string;
  port: number;
  /** our name in EHLO */
  hello: string;
  connectTimeoutMs: number;
  /** for everything, connecting included */
  timeoutMs: number;
  /** whether a server that calls itself so is ourselves */
  isOurselves?(name: string): boolean;
  /** we are leaving; whatever it would say interests nobody */
  signal?: AbortSignal;
}

const mostBytes = 16 * 1024;
/** Enough for what a postmaster wants to read; some servers greet with a page of law. */
const mostQuoted = 300;

/** Lines that go on (`250-`), then one that does not. */
const wholeReply = /^(?:\d{3}-[^\n]*\n)*(?!\d{3}-)[^\n]*\n/;

type Stage = 'connecting' | 'greeting' | 'EHLO' | 'HELO';

/** @returns undefined when the server is there; otherwise why it is not, in words */
export function knock({
  address,
  port,
  hello,
  connectTimeoutMs,
  timeoutMs,
  isOurselves,
  signal,
}: Knock): Promise<string | undefined> {
  return new Promise((resolve) => {
    let stage: Stage = 'connecting';
    let received = '';
    let bytes = 0;
    let isDone = false;
    const socket = connect({ host: address, port, noDelay: true });

    const done = (cause: string | undefined): void => {
      if (isDone) return;
      isDone = true;
      clearTimeout(connecting);
      clearTimeout(whole);
      signal?.removeEventListener('abort', leave);
      if (cause === undefined) {
        socket.end('QUIT\r\n');
        // It gets a moment for its goodbye; we have our answer.
        socket.setTimeout(1_000, () => socket.destroy());
      } else socket.destroy();
      resolve(cause);
    };
    const leave = (): void => done('we stopped before it could answer');
    signal?.addEventListener('abort', leave);
    const say = (command: 'EHLO' | 'HELO'): void => {
      stage = command;
      socket.write(`${command} ${hello}\r\n`);
    };
    const hear = (reply: string): void => {
      const code = reply.slice(0, 3);
      if (!/^[2-5]\d\d/.test(reply)) return done(`does not speak SMTP: ${quote(reply)}`);
      if (code.startsWith('2') && isOurselves?.(/^\d+[ -](\S*)/.exec(reply)?.[1] ?? ''))
        return done('greets with our own name: it is ourselves, and the mail would go in a circle');
      if (stage === 'greeting') {
        if (code === '220') say('EHLO');
        else done(`greets with ${quote(reply)}`);
      } else if (code === '250') done(undefined);
      else if (stage === 'EHLO' && code.startsWith('50')) say('HELO');
      else done(`answers ${stage} with ${quote(reply)}`);
    };

    const connecting = setTimeout(
      () => stage === 'connecting' && done(`no answer within ${inSeconds(connectTimeoutMs)}`),
      connectTimeoutMs,
    );
    const whole = setTimeout(() => {
      if (stage === 'connecting') done(`no answer within ${inSeconds(timeoutMs)}`);
      else
        done(
          `connected, but no ${stage === 'greeting' ? 'greeting' : `answer to ${stage}`} within ${inSeconds(timeoutMs)}`,
        );
    }, timeoutMs);

    socket.once('connect', () => {
      // Where nobody listens, the kernel may choose that very port for our side and connect us with ourselves.
      if (socket.localPort === port && socket.localAddress === socket.remoteAddress)
        return done('connection refused');
      stage = 'greeting';
    });
    socket.on('data', (chunk) => {
      if (isDone) return;
      bytes += chunk.length;
      if (bytes > mostBytes)
        return done(`sends more than ${mostBytes / 1024} KB where a short answer belongs`);
      received += chunk.toString('latin1');
      for (let reply = wholeReply.exec(received); reply && !isDone; reply = wholeReply.exec(received)) {
        received = received.slice(reply[0].length);
        hear(reply[0]);
      }
    });
    socket.once('end', () => done(closedWhile(stage)));
    socket.once('close', () => done(closedWhile(stage)));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      done(stage === 'connecting' ? inWords(error) : closedWhile(stage)),
    );
  });
}

const closedWhile = (stage: Stage): string =>
  stage === 'connecting' || stage === 'greeting'
    ? 'closed the connection before greeting'
    : `closed the connection after ${stage}`;

const inSeconds = (ms: number): string => {
  const seconds = Math.round(ms / 100) / 10;
  return seconds === 1 ? '1 second' : `${seconds} seconds`;
};

/** A server's words on one line, without what could steer a terminal or a page. */
export function quote(reply: string): string {
  const text = Buffer.from(reply, 'latin1').toString('utf8');
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
    .slice(0, mostQuoted);
}

const errorWords: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no route to the server',
  ENETUNREACH: 'no route to its network',
  ETIMEDOUT: 'no answer',
};

const inWords = ({ code }: NodeJS.ErrnoException): string =>
  errorWords[code ?? ''] ?? `the connection failed (${code ?? 'for no known reason'})`;
