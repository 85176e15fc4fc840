/**
 * One SMTP conversation of the fake primary (RFC 5321, with PIPELINING, 8BITMIME, SMTPUTF8, SIZE, ENHANCEDSTATUSCODES
 * and, where the server has a certificate, STARTTLS). AUTH, XCLIENT, XFORWARD, DSN and REQUIRETLS are spoken where they
 * are among its extensions; what a client says with them is kept with the message.
 *
 * It is written on a bare socket and not on a mail server library, because it has to do what no library lets one do:
 * break off in the middle of a body, take a message without saying so, fall silent. Answers to pipelined commands leave
 * in one write, which also makes it fast enough to stand behind a relay that is being measured.
 */
import type { Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';
import { Body } from './body';
import { NaiveBody } from './naive-body';
import { misbehaviourOf, type Misbehaviour } from './misbehaviours';

export interface Transaction {
  /** Empty for the null sender. */
  mailFrom: string;
  /** ESMTP parameters of MAIL FROM as sent, for example `SIZE=1200 BODY=8BITMIME`. */
  mailParameters: string;
  rcptTo: string[];
  /** ESMTP parameters of each RCPT TO, for example `NOTIFY=NEVER`. */
  rcptParameters: string[];
  /** What the client called itself last. */
  helo: string;
  /** Attributes of XCLIENT and XFORWARD, as sent. */
  client: Record<string, string>;
  /** Who logged in. */
  user: string | undefined;
}

/** What a conversation needs to know of its server. */
export interface Host {
  name: string;
  greeting: () => string;
  isOurs: (recipient: string) => boolean;
  isKnown: (recipient: string) => boolean;
  /** What every recipient of this kind hears at this moment; undefined: as usual. */
  refusalOf: (recipient: string, mailFrom: string) => string | undefined;
  mostPerConnection: () => number;
  isKept: boolean;
  /** Ends lines at any CR or LF, see naive-body.ts. */
  isNaive: boolean;
  slowMs: number;
  maxBytes: number | undefined;
  extensions: string[];
  secureContext: SecureContext | undefined;
  /** STARTTLS is offered, and its handshake fails. */
  isTlsBroken: boolean;
  /** EHLO keywords that are offered over TLS alone. */
  extensionsOverTls: string[];
  login: { user: string; secret: string } | undefined;
  /** True the first time it is asked about this pair. */
  isFirstTry: (mailFrom: string, recipient: string) => boolean;
  /** The message is complete; the answer to send is what the promise brings. */
  take: (
    transaction: Transaction,
    raw: Buffer,
    bytes: number,
    isEncrypted: boolean,
  ) => string | Promise<string>;
}

const longestCommand = 4_096; // RFC 5321 wants 512; parameters of later RFCs add to it
const path = /^(?:MAIL FROM|RCPT TO):\s*<((?:"(?:[^"\\]|\\.)*"|[^">])*)>\s*(.*)$/i;

export class Conversation {
  #socket: Socket;
  #pending: Buffer = Buffer.alloc(0);
  #isBusy = false;
  #isMute = false;
  #isEncrypted = false;
  #mail: { transaction: Transaction; traits: Misbehaviour[] } | undefined;
  #body: Body | NaiveBody | undefined;
  #timer: NodeJS.Timeout | undefined;
  #helo = '';
  #client: Record<string, string> = {};
  #user: string | undefined;
  /** Takes the next line, whatever it says: AUTH goes on. */
  #next: ((line: string) => void) | undefined;
  #taken = 0;

  constructor(
    socket: Socket,
    private readonly host: Host,
  ) {
    this.#socket = socket;
    const greeting = host.greeting();
    this.#say(greeting);
    if (!greeting.startsWith('2')) socket.end();
    else this.#listen(socket);
  }

  /** Breaks off without a word, as a server does whose power is cut. */
  destroy(): void {
    clearTimeout(this.#timer);
    this.#socket.destroy();
  }

  #listen(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => {
      if (this.#isMute) return;
      this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
      void this.#work();
    });
  }

  #say(reply: string): void {
    if (!this.#socket.destroyed) this.#socket.write(`${reply}\r\n`);
  }

  /** Works off what has arrived, one thing after the other; a slow answer makes everything behind it wait. */
  async #work(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#socket.cork();
    try {
      while (this.#pending.length > 0 && !this.#isMute && !this.#socket.destroyed) {
        const working = this.#body ? this.#takeBody(this.#body) : this.#takeCommand();
        if (working === 'wait') break;
        if (working) {
          this.#socket.uncork(); // what was answered so far must not wait with us
          await working;
          this.#socket.cork();
        }
      }
    } finally {
      this.#socket.uncork();
      this.#isBusy = false;
    }
  }

  #takeCommand(): 'wait' | Promise<void> | undefined {
    const lineEnd = this.#pending.indexOf(0x0a);
    if (lineEnd === -1) {
      if (this.#pending.length > longestCommand) this.#close('500 5.5.2 Line too long');
      return 'wait';
    }
    const line = this.#pending.toString('utf8', 0, lineEnd).replace(/\r$/, '');
    this.#pending = this.#pending.subarray(lineEnd + 1);
    const next = this.#next;
    this.#next = undefined;
    if (next) return void next(line);
    const verb = line.slice(0, 4).toUpperCase();
    switch (verb) {
      case 'EHLO':
        this.#helo = line.slice(5).trim();
        this.#mail = undefined;
        return void this.#say(this.#ehlo());
      case 'AUTH':
        return void this.#auth(line);
      case 'XCLI':
      case 'XFOR':
        return void this.#tellClient(line);
      case 'HELO':
        this.#helo = line.slice(5).trim();
        this.#mail = undefined;
        return void this.#say(`250 ${this.host.name}`);
      case 'STAR':
        return this.#startTls();
      case 'MAIL':
        return void this.#mailFrom(line);
      case 'RCPT':
        return this.#rcptTo(line);
      case 'DATA':
        return void this.#data();
      case 'RSET':
        this.#mail = undefined;
        return void this.#say('250 2.0.0 Ok');
      case 'NOOP':
        return void this.#say('250 2.0.0 Ok');
      case 'QUIT':
        return void this.#close('221 2.0.0 Bye');
      default:
        return void this.#say('500 5.5.2 Error: command not recognized');
    }
  }

  #ehlo(): string {
    const extensions = [...this.host.extensions];
    if (this.host.maxBytes !== undefined) extensions.push(`SIZE ${this.host.maxBytes}`);
    if (this.host.secureContext && !this.#isEncrypted) extensions.push('STARTTLS');
    if (this.#isEncrypted) extensions.push(...this.host.extensionsOverTls);
    const lines = [this.host.name, ...extensions];
    return lines.map((text, n) => `250${n === lines.length - 1 ? ' ' : '-'}${text}`).join('\r\n');
  }

  #startTls(): Promise<void> | undefined {
    const { secureContext } = this.host;
    if (!secureContext || this.#isEncrypted) return void this.#say('502 5.5.1 Error: STARTTLS not offered');
    const plain = this.#socket;
    plain.removeAllListeners('data');
    this.#pending = Buffer.alloc(0); // RFC 3207 section 4.2: nothing said before the handshake counts after it
    this.#mail = undefined;
    this.#isEncrypted = true;
    return new Promise((resolve) => {
      plain.write('220 2.0.0 Ready to start TLS\r\n', () => {
        if (this.host.isTlsBroken) return plain.end('this is no TLS\r\n');
        const encrypted = new TLSSocket(plain, { isServer: true, secureContext });
        encrypted.on('error', () => plain.destroy());
        this.#socket = encrypted;
        this.#listen(encrypted);
        resolve();
      });
    });
  }

  #auth(line: string): void {
    const { login } = this.host;
    if (!login) return this.#say('502 5.5.1 Error: AUTH not offered');
    const judge = (user: string, secret: string): void => {
      if (user !== login.user || secret !== login.secret)
        return this.#say('535 5.7.8 Error: authentication failed');
      this.#user = user;
      this.#say('235 2.7.0 Authentication successful');
    };
    const [, mechanism = '', initial = ''] = line.split(' ');
    if (mechanism.toUpperCase() === 'PLAIN') {
      const [, user = '', secret = ''] = plainText(initial).split('\0');
      return judge(user, secret);
    }
    this.#say('334 VXNlcm5hbWU6');
    this.#next = (user) => {
      this.#say('334 UGFzc3dvcmQ6');
      this.#next = (secret) => judge(plainText(user), plainText(secret));
    };
  }

  #tellClient(line: string): void {
    const [verb = '', ...attributes] = line.split(' ');
    const offered = this.host.extensions.find((extension) => extension.startsWith(`${verb.toUpperCase()} `));
    if (!offered) return this.#say('502 5.5.1 Error: command not implemented');
    const told = attributes.map((attribute) => attribute.split('=', 2) as [string, string]);
    if (told.some(([name]) => !offered.split(' ').includes(name)))
      return this.#say('501 5.5.4 Error: bad attribute name');
    this.#client = { ...this.#client, ...Object.fromEntries(told) };
    // XCLIENT begins anew, as if the client had just connected.
    this.#say(verb.toUpperCase() === 'XCLIENT' ? this.host.greeting() : '250 2.0.0 Ok');
  }

  #mailFrom(line: string): void {
    const match = path.exec(line);
    if (!match) return this.#say('501 5.5.4 Syntax: MAIL FROM:<address>');
    if (this.#mail) return this.#say('503 5.5.1 Error: nested MAIL command');
    if (this.#taken >= this.host.mostPerConnection())
      return this.#close('421 4.7.0 Too many messages on this connection');
    const [, mailFrom = '', mailParameters = ''] = match;
    const size = Number(/(?:^|\s)SIZE=(\d+)/i.exec(mailParameters)?.[1] ?? 0);
    if (this.host.maxBytes !== undefined && size > this.host.maxBytes) {
      return this.#say('552 5.3.4 Message size exceeds fixed limit');
    }
    this.#mail = {
      transaction: {
        mailFrom,
        mailParameters,
        rcptTo: [],
        rcptParameters: [],
        helo: this.#helo,
        client: this.#client,
        user: this.#user,
      },
      traits: [],
    };
    this.#say('250 2.1.0 Ok');
  }

  #rcptTo(line: string): Promise<void> | undefined {
    const match = path.exec(line);
    if (!match) return void this.#say('501 5.5.4 Syntax: RCPT TO:<address>');
    if (!this.#mail) return void this.#say('503 5.5.1 Error: need MAIL command');
    const { transaction, traits } = this.#mail;
    const [, recipient = '', parameters = ''] = match;
    if (!this.host.isOurs(recipient)) return void this.#say('550 5.7.1 Relay access denied');
    if (!this.host.isKnown(recipient)) return void this.#say('550 5.1.1 User unknown');
    const refusal = this.host.refusalOf(recipient, transaction.mailFrom);
    if (refusal !== undefined) return void this.#say(refusal);
    const how = misbehaviourOf(recipient);
    if (how.leavesWith !== undefined) return void this.#close(how.leavesWith);
    if (how.isMute) {
      this.#isMute = true;
      return undefined;
    }
    const isRefused =
      how.rcpt !== undefined && (!how.isOnce || this.host.isFirstTry(transaction.mailFrom, recipient));
    if (isRefused) return void this.#say(how.rcpt ?? '');
    transaction.rcptTo.push(recipient);
    transaction.rcptParameters.push(parameters);
    traits.push(how);
    return how.slow === 'rcpt' ? this.#later('250 2.1.5 Ok') : void this.#say('250 2.1.5 Ok');
  }

  #data(): void {
    if (!this.#mail) return this.#say('503 5.5.1 Error: need MAIL command');
    if (this.#mail.transaction.rcptTo.length === 0) return this.#say('554 5.5.1 Error: no valid recipients');
    this.#body = this.host.isNaive ? new NaiveBody() : new Body(this.host.isKept);
    this.#say('354 End data with <CR><LF>.<CR><LF>');
  }

  #takeBody(body: Body | NaiveBody): Promise<void> | undefined {
    const mail = this.#mail;
    if (!mail) return undefined;
    const has = (wanted: (how: Misbehaviour) => boolean): Misbehaviour | undefined =>
      mail.traits.find(wanted);
    const after = body.take(this.#pending);
    this.#pending = after ?? Buffer.alloc(0);
    if (has((how) => how.hangUp === 'in-data')) return void this.destroy();
    if (after === undefined) return undefined;

    this.#body = undefined;
    this.#mail = undefined;
    if (this.host.maxBytes !== undefined && body.bytes > this.host.maxBytes) {
      return void this.#say('552 5.3.4 Message size exceeds fixed limit');
    }
    const no = has((how) => how.data !== undefined)?.data;
    if (no !== undefined) return void this.#say(no);
    this.#taken += 1;
    const taken = this.host.take(mail.transaction, body.raw(), body.bytes, this.#isEncrypted);
    if (has((how) => how.hangUp === 'after-data')) return void this.destroy();
    const isSlow = has((how) => how.slow === 'data') !== undefined;
    if (typeof taken === 'string' && !isSlow) return void this.#say(taken);
    return Promise.resolve(taken).then((reply) => (isSlow ? this.#later(reply) : this.#say(reply)));
  }

  #later(reply: string): Promise<void> {
    return new Promise((resolve) => {
      const answer = () => {
        clearTimeout(this.#timer);
        this.#socket.off('close', answer);
        this.#say(reply);
        resolve();
      };
      this.#timer = setTimeout(answer, this.host.slowMs);
      this.#socket.once('close', answer);
    });
  }

  #close(reply: string): void {
    this.#socket.end(`${reply}\r\n`);
    this.#pending = Buffer.alloc(0);
    this.#isMute = true;
  }
}

const plainText = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');
