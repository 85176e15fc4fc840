/**
 * A mail server that keeps what it is given, can be switched off and on, and misbehaves by recipient
 * (see misbehaviours.ts). Off means what it means for a real server: the port is closed, connections are refused, and
 * those that were open are gone.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { createSecureContext } from 'node:tls';
import { setTimeout as pause } from 'node:timers/promises';
import { Conversation, type Host, type Transaction } from './conversation';

export interface ReceivedMessage extends Transaction {
  /** Our queue id, as in the 250 that was given for it. */
  id: string;
  /** Header and body as they were sent; empty when nothing is kept. */
  raw: Buffer;
  bytes: number;
  isEncrypted: boolean;
  /** Which connection it came over, counted from 1. */
  session: number;
  at: Date;
}

export interface FakePrimaryOptions {
  /** 0, the default, takes a free port. It stays this server's port while the server is down. */
  port?: number;
  host?: string;
  /** Our name in greeting and EHLO. */
  hostname?: string;
  /** Recipients of other domains hear 550 5.7.1; without a list every domain is welcome. */
  domains?: string[];
  /** Whom it knows; others hear 550 5.1.1. Without a list everybody is known. */
  recipients?: string[];
  /** Starts switched off. */
  isDown?: boolean;
  /** How many messages stay in `received`, the last ones; 0 counts only and keeps no bytes. Default: all. */
  keep?: number;
  /** How late `slow@` and `slow-data@` are answered. */
  slowMs?: number;
  /** Bigger messages hear 552 5.3.4, and EHLO says SIZE. */
  maxBytes?: number;
  /** In place of the usual greeting, for example `421 4.3.2 Too busy`; anything but 2xx also closes the connection. */
  greeting?: string;
  /** EHLO keywords in place of the usual ones, for instance to take PIPELINING away. */
  extensions?: string[];
  /** EHLO keywords beside them that are offered over TLS alone, such as `REQUIRETLS` or `AUTH PLAIN`. */
  extensionsOverTls?: string[];
  /** Offers STARTTLS. PEM. */
  tls?: { key: string | Buffer; cert: string | Buffer };
  /** Offers STARTTLS, and fails at it. */
  isTlsBroken?: boolean;
  /** Who may log in, where AUTH is among the extensions. */
  login?: { user: string; secret: string };
  /** Takes a bare CR or LF for the end of a line, and NUL for nothing, as servers do that mail is smuggled into. */
  isNaive?: boolean;
  /** Called before the 250, which waits for it; when it fails, the sender hears 451. */
  onMessage?: (message: ReceivedMessage) => void | Promise<void>;
}

export interface FakePrimary {
  readonly port: number;
  readonly host: string;
  readonly isUp: boolean;
  /** Listens again, on the same port. */
  up(): Promise<void>;
  /** Closes the port and destroys every open connection. */
  down(): Promise<void>;
  /** From the next connection on; undefined: the usual one. */
  setGreeting(greeting: string | undefined): void;
  /**
   * From the next RCPT TO on: what this gives is the answer, and undefined means that it is as usual. A server that was restored
   * empty: `setRefusal(() => '550 5.1.1 User unknown')`. Without an argument everything is as usual again.
   */
  setRefusal(answer?: (recipient: string, mailFrom: string) => string | undefined): void;
  /** After so many messages a connection hears 421 to its next MAIL FROM and is closed; undefined: as many as it likes. */
  setMostPerConnection(most: number | undefined): void;
  /** Oldest first; bounded by `keep`. */
  readonly received: readonly ReceivedMessage[];
  /** Messages taken since the start, also those no longer in `received`. */
  readonly count: number;
  /** Connections since the start, and the most that were open at one time. */
  readonly sessions: number;
  readonly mostSessionsAtOnce: number;
  /** The first message in `received` that fits, also one that is there already. Rejects after `timeoutMs`. */
  waitFor(predicate: (message: ReceivedMessage) => boolean, timeoutMs: number): Promise<ReceivedMessage>;
  /** Waits until `count` is at least this. */
  waitForCount(count: number, timeoutMs: number): Promise<void>;
  close(): Promise<void>;
}

const cannotKeep = '451 4.3.0 Could not keep the message';
const usualExtensions = ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'ENHANCEDSTATUSCODES'];
// The kernel hands out 32768 and above to whoever connects or asks for port 0. A port from below stays ours while we
// are down, and cannot be the source port of the very connection that tries it, which would then reach itself.
const firstPort = 10_240;
const lastPort = 32_767;

/** Starts the server; the promise is kept when it listens (or is down, as wished). */
export async function startFakePrimary(options: FakePrimaryOptions = {}): Promise<FakePrimary> {
  const { host = '127.0.0.1', hostname = 'primary.test', keep = Infinity } = options;
  const domains = options.domains?.map((domain) => domain.toLowerCase());
  const recipients = options.recipients?.map((recipient) => recipient.toLowerCase());
  const received: ReceivedMessage[] = [];
  const conversations = new Set<Conversation>();
  const tried = new Set<string>();
  const watchers = new Set<() => void>();
  let greeting = options.greeting;
  let refusal: ((recipient: string, mailFrom: string) => string | undefined) | undefined;
  let mostPerConnection = Infinity;
  let begun = 0;
  let count = 0;
  let sessions = 0;
  let mostSessionsAtOnce = 0;
  let isClosed = false;
  let server: Server | undefined;
  let port = options.port ?? 0;

  const about: Omit<Host, 'take'> = {
    name: hostname,
    greeting: () => greeting ?? `220 ${hostname} ESMTP ready`,
    isOurs: (recipient) =>
      !domains || domains.includes(recipient.slice(recipient.lastIndexOf('@') + 1).toLowerCase()),
    isKnown: (recipient) => !recipients || recipients.includes(recipient.toLowerCase()),
    refusalOf: (recipient, mailFrom) => refusal?.(recipient, mailFrom),
    mostPerConnection: () => mostPerConnection,
    isKept: keep > 0 || options.onMessage !== undefined,
    isNaive: options.isNaive ?? false,
    slowMs: options.slowMs ?? 2_000,
    maxBytes: options.maxBytes,
    extensions: options.extensions ?? usualExtensions,
    secureContext: options.tls && createSecureContext(options.tls),
    isTlsBroken: options.isTlsBroken ?? false,
    extensionsOverTls: options.extensionsOverTls ?? [],
    login: options.login,
    isFirstTry: (mailFrom, recipient) => {
      const pair = `${mailFrom} ${recipient}`.toLowerCase();
      const isFirst = !tried.has(pair);
      tried.add(pair);
      return isFirst;
    },
  };

  const keepMessage = (message: ReceivedMessage): string | Promise<string> => {
    const kept = (): string => {
      count += 1;
      if (keep > 0) received.push(message);
      if (received.length > keep) received.splice(0, received.length - keep);
      for (const watcher of watchers) watcher();
      return `250 2.0.0 Ok: queued as ${message.id}`;
    };
    try {
      const noticed = options.onMessage?.(message);
      return noticed ? noticed.then(kept, () => cannotKeep) : kept();
    } catch {
      return cannotKeep;
    }
  };

  const open = async (): Promise<void> => {
    const next = createServer({ noDelay: true }, (socket) => {
      sessions += 1;
      const session = sessions;
      socket.on('error', () => undefined); // senders come and go; that is no trouble of ours
      const conversation = new Conversation(socket, {
        ...about,
        take: (transaction, raw, bytes, isEncrypted) => {
          begun += 1;
          const id = begun.toString(36).toUpperCase().padStart(8, '0');
          return keepMessage({ id, raw, bytes, ...transaction, isEncrypted, session, at: new Date() });
        },
      });
      conversations.add(conversation);
      mostSessionsAtOnce = Math.max(mostSessionsAtOnce, conversations.size);
      socket.on('close', () => conversations.delete(conversation));
    });
    next.listen({ port, host, backlog: 511 });
    await once(next, 'listening');
    server = next;
  };

  const shut = async (): Promise<void> => {
    const closing = server;
    server = undefined;
    if (!closing) return;
    const closed = once(closing, 'close');
    closing.close();
    for (const conversation of conversations) conversation.destroy();
    await closed;
  };

  // up() and down() in one queue: whoever clicks fast gets what was clicked last.
  let switching: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const result = switching.then(work);
    switching = result.catch(() => undefined);
    return result;
  };

  if (port === 0) port = await takeFreePort(open, (candidate) => (port = candidate));
  else await open();
  if (options.isDown) await shut();

  const until = (isSo: () => boolean, what: () => string, timeoutMs: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (!isSo() && !isClosed) return;
        watchers.delete(check);
        clearTimeout(timer);
        if (isSo()) resolve();
        else reject(new Error(`fake primary closed while waiting for ${what()}`));
      };
      const timer = setTimeout(() => {
        watchers.delete(check);
        reject(new Error(`fake primary: no ${what()} within ${timeoutMs} ms (${count} taken)`));
      }, timeoutMs);
      watchers.add(check);
      check();
    });

  return {
    port,
    host,
    get isUp() {
      return server !== undefined;
    },
    up: () =>
      inTurn(async () => {
        if (!server && !isClosed) await openWithPatience(open);
      }),
    down: () => inTurn(shut),
    setGreeting: (text) => {
      greeting = text;
    },
    setRefusal: (answer) => {
      refusal = answer;
    },
    setMostPerConnection: (most) => {
      mostPerConnection = most ?? Infinity;
    },
    received,
    get count() {
      return count;
    },
    get sessions() {
      return sessions;
    },
    get mostSessionsAtOnce() {
      return mostSessionsAtOnce;
    },
    waitFor: async (predicate, timeoutMs) => {
      let found: ReceivedMessage | undefined;
      await until(
        () => (found ??= received.find(predicate)) !== undefined,
        () => 'such message',
        timeoutMs,
      );
      return found as ReceivedMessage;
    },
    waitForCount: (wanted, timeoutMs) =>
      until(
        () => count >= wanted,
        () => `${wanted} messages`,
        timeoutMs,
      ),
    close: async () => {
      isClosed = true;
      await inTurn(shut);
      for (const watcher of watchers) watcher();
    },
  };
}

async function takeFreePort(open: () => Promise<void>, choose: (port: number) => void): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    const port = firstPort + Math.floor(Math.random() * (lastPort - firstPort + 1));
    choose(port);
    try {
      await open();
      return port;
    } catch (error) {
      if (tries >= 50 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}

/** A port that somebody used for an outgoing connection a moment ago is free again soon. */
async function openWithPatience(open: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await open();
    } catch (error) {
      if (tries >= 20 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      await pause(100);
    }
  }
}
