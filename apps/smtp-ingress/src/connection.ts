/**
 * smtp-server's connection (pinned: see listener.ts), as we want it:
 *   - The greeting comes as soon as it may (early-talkers.ts). smtp-server lets everybody wait 100 ms, which held one message a
 *     connection to a third of the speed.
 *   - Enhanced status codes (RFC 2034) are on, but ours are written by the steps, and its own are put right (`codeFor`).
 *   - Limits of one connection. 421 4.7.0: too many commands without a message, too many refusals, HTTP. 421 4.4.2: no whole
 *     command for too long however many octets drip in, a message that does not get on, a session without end.
 *   - XCLIENT (postfix.org, XCLIENT_README) from listed peers; whom it names is who is limited from then on.
 */
import type { Reply } from '@holdfast/mail';
import type { Socket } from 'node:net';
import type { SMTPServerAddress } from 'smtp-server';
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import { readAddressCommand } from './address-command';
import type { Guest } from './doorkeeper';
import { CommandsAndData } from './end-of-data';
import type { Parameters } from './parameters';
import { SmtpRejection } from './rejection';
import type { Server, ServerParts } from './server';

/** Commands that bring no message nearer, and refusals, since the last message. A list's sender meets many unknown mailboxes. */
const mostIdleCommands = 100;
const mostRefusals = 500;
const handshakeMs = 60_000;
/** A message that comes slower than this, when its first five minutes are over, does not come at all. */
const leastOctetsPerSecond = 100;
const slowStartMs = 300_000;
const mostDataMs = 3_600_000;

export interface TimeLimits {
  /** without a whole command; RFC 5321 section 4.5.3.2.7 wants five minutes */
  idleMs: number;
  /** between two messages a session may be ended when it is older */
  sessionMs: number;
}

/** Where a connection comes from, when that is not what its socket says. */
export interface ConnectionEnds extends SMTPConnectionOptions {
  /** the load balancer that it came through */
  through?: string;
  /** octets of the PROXY header */
  headerBytes?: number;
}

const none: Parameters = new Map();
const written = new WeakMap<SMTPServerAddress, Parameters>();

/** The parameters that came with an address of MAIL or RCPT. */
export const parametersIn = (address: SMTPServerAddress): Parameters => written.get(address) ?? none;

const isHttp = /^(?:OPTIONS|GET|HEAD|POST|PUT|PATCH|DELETE|TRACE|CONNECT|PRI) .*HTTP\/\d/i;
const isOfAMessage = /^(?:MAIL|RCPT|DATA|QUIT)\b/i;

export class Connection extends SMTPConnection implements Guest {
  private readonly openedAt = performance.now();
  private repliedAt = this.openedAt;
  private idleCommands = 0;
  private refusals = 0;
  /** who spoke before XCLIENT */
  private speaker: string | undefined;

  private readonly headerBytes: number;
  /** the load balancer, or the XCLIENT peer, that this comes through */
  through: string | undefined;

  constructor(server: Server, socket: Socket, ends?: ConnectionEnds | null) {
    super(server, socket, ends);
    this.headerBytes = ends?.headerBytes ?? 0;
    this.through = ends?.through;
  }

  private get parts(): ServerParts {
    return (this._server as Server).parts;
  }

  override init(): void {
    this._setListeners(() => {
      if (!this.enter()) return;
      const waitMs = this.parts.doorkeeper.greetingWait(this.remoteAddress);
      setTimeout(() => this.greet(), waitMs).unref();
    });
  }

  /** @returns false: it was sent away */
  private enter(): boolean {
    try {
      this.parts.doorkeeper.enter(this, this.remoteAddress);
      return true;
    } catch (refusal) {
      if (!(refusal instanceof SmtpRejection)) throw refusal;
      this.sendAway(refusal);
      return false;
    }
  }

  private greet(): void {
    if (this._closing || this._closed) return;
    // Also what is no whole command yet.
    if (this._socket.bytesRead > this.headerBytes) return this.tooSoon();
    this.connectionReady();
  }

  private tooSoon(): void {
    this.parts.doorkeeper.talkedEarly(this.remoteAddress);
    this.send(421, '4.7.0 You talk too soon; please wait for our greeting');
  }

  /** As in smtp-server, with our end of data. */
  override _createParser(): CommandsAndData {
    const parser = new CommandsAndData({ maxCommandLength: this._server.options.maxCommandLength });
    parser.oncommand = (command, callback) => this._onCommand(command, callback);
    parser.on('error', (error) => this.send(421, `4.7.0 ${error.message}`));
    return parser;
  }

  /** See address-command.ts. */
  override _parseAddressCommand(
    name: string,
    command: Buffer | string,
  ): ReturnType<SMTPConnection['_parseAddressCommand']> {
    const read = readAddressCommand(
      name.toUpperCase() as 'MAIL FROM' | 'RCPT TO',
      typeof command === 'string' ? Buffer.from(command) : command,
    );
    if (!read) return false;
    const { parameters, ...parsed } = read;
    if (parameters.size > 0) written.set(parsed, parameters);
    return parsed;
  }

  idleSince(): number | undefined {
    return this._handlerPending || this._dataStream || this._upgrading ? undefined : this.repliedAt;
  }

  sendAway({ reply }: SmtpRejection): void {
    this.send(reply.code, `${reply.enhanced} ${reply.text}`);
    this.close();
  }

  override close(): void {
    this.parts.doorkeeper.leave(this);
    super.close();
  }

  override _onClose(): void {
    this.parts.doorkeeper.leave(this);
    super._onClose();
  }

  override _onCommand(command: Buffer, callback?: () => void): void {
    // The first octets decide; most commands are of a message, and this is on the way of every one.
    if (!this._ready && !this._upgrading) return this.tooSoon();
    const start = command.toString('latin1', 0, 200);
    if (isHttp.test(start)) return this.send(421, '4.7.0 This is a mail server; HTTP is not spoken here');
    if (!isOfAMessage.test(start) && ++this.idleCommands > mostIdleCommands)
      return this.send(421, '4.7.0 Too many commands without a message');
    super._onCommand(command, callback);
  }

  /** RFC 5321 section 7.3: a list that is not told to anybody. */
  handler_EXPN(_command: Buffer, callback: () => void): void {
    this.send(502, '5.5.1 EXPN is not offered here');
    callback();
  }

  /** RFC 3030 is not offered. The octets behind the command are a message and must not be read as commands, so it ends here. */
  handler_BDAT(): void {
    this.send(421, '4.7.0 BDAT is not offered here');
  }

  /** RFC 1985: asks us to deliver what waits for a domain; see hints.ts for what comes of it. */
  handler_ETRN(command: Buffer, callback: () => void): void {
    const [, node, ...more] = command.toString().trim().split(/\s+/);
    const answer = ({ code, enhanced, text }: Reply): void => {
      this.send(code, `${enhanced} ${text}`);
      callback();
    };
    if (this.openingCommand !== 'EHLO') return answer(badSequence('Please say EHLO first'));
    if (this.session.envelope.mailFrom) return answer(badSequence('Not within a mail transaction'));
    if (node === undefined || more.length > 0)
      return answer({ code: 501, enhanced: '5.5.4', text: 'Syntax: ETRN domain' });
    this.parts.etrn(this.remoteAddress, node).then(answer, (error: unknown) => {
      this.parts.log('session-failed', { sessionId: this.session.id, step: 'etrn', error });
      answer({
        code: 451,
        enhanced: '4.3.0',
        text: 'Something went wrong on our side; please try again later',
      });
    });
  }

  /** With the certificate of this moment for those who ask for no name. */
  override handler_STARTTLS(command: Buffer, callback: () => void): void {
    this._server.secureContext.set('*', this.parts.certificates.forNobody.context);
    super.handler_STARTTLS(command, callback);
  }

  override send(code: number, text?: string | string[] | null, context?: string | false): void {
    this.repliedAt = performance.now();
    if (code >= 400 && code !== 421 && ++this.refusals > mostRefusals)
      return this.send(421, '4.7.0 Too many refusals; please look at your list of recipients');
    if (Array.isArray(text)) text = offered(text);
    // RFC 2034 leaves out greetings and answers to HELO and EHLO; what goes wrong there has a code too.
    const hasNone = context === false && code < 400;
    if (typeof text !== 'string' || hasNone) return super.send(code, text, context);
    if (isEnhanced.test(text)) return super.send(code, text, false);
    const enhanced = codeFor(code, text) ?? this._getEnhancedStatusCode(code, context || undefined);
    return super.send(code, enhanced ? `${enhanced} ${text}` : text, false);
  }

  override _proxyCommandAllowed(command: string, option: 'useXClient' | 'useXForward'): boolean {
    if (option !== 'useXClient' || this._xClient.has('ADDR')) return false;
    return this._isSupported(command) && this.parts.xclientPeers.has(this._originalRemoteAddress);
  }

  /** As in smtp-server; the one whom it names is another guest, with a standing of his own. */
  override handler_XCLIENT(command: Buffer, callback: () => void): void {
    const before = this.remoteAddress;
    this.speaker = before;
    super.handler_XCLIENT(command, callback);
  }

  override _sendGreeting(): void {
    if (this.speaker !== undefined && this.speaker !== this.remoteAddress) {
      this.through = this.speaker;
      this.parts.doorkeeper.leave(this);
      if (!this.enter()) return;
      this.parts.log('connected', {
        sessionId: this.session.id,
        client: this.remoteAddress,
        through: this.through,
      });
    }
    this.speaker = undefined;
    super._sendGreeting();
  }

  /** A message was taken: whatever went before is forgiven. */
  forgive(): void {
    this.parts.doorkeeper.behaved(this.remoteAddress);
    this.idleCommands = 0;
    this.refusals = 0;
  }

  lookAtTheClock(now: number, { idleMs, sessionMs }: TimeLimits): void {
    if (this._closing || this._closed) return;
    const quietMs = now - this.repliedAt;
    if (this._upgrading) {
      if (quietMs > Math.min(handshakeMs, idleMs)) this._socket.destroy();
    } else if (this._parser && this._parser._dataMode) {
      const leastOctets = ((quietMs - Math.min(slowStartMs, idleMs)) / 1000) * leastOctetsPerSecond;
      if (quietMs > mostDataMs || this._parser.dataBytes < leastOctets)
        this.send(421, '4.4.2 The message does not get on; closing');
    } else if (this.idleSince() !== undefined) {
      if (quietMs > idleMs) this.send(421, '4.4.2 No command for too long; closing');
      else if (now - this.openedAt > sessionMs && !this.session.envelope?.mailFrom)
        this.send(421, '4.4.2 The session is too long; please connect again');
    }
  }
}

const badSequence = (text: string): Reply => ({ code: 503, enhanced: '5.5.1', text });

/** The answer to EHLO, with what we can do and smtp-server does not know. LOGIN is not offered with XCLIENT: nobody signs in here. */
function offered(lines: string[]): string[] {
  return lines.flatMap((line) =>
    line === 'DSN' ? [line, 'ETRN'] : line.replace(/^(XCLIENT .*) LOGIN$/, '$1'),
  );
}

const isEnhanced = /^[245]\.\d{1,3}\.\d{1,3} /;

/** Where smtp-server's own choice misleads (RFC 3463). */
function codeFor(code: number, text: string): string | undefined {
  // It would say 4.4.2, "bad connection", for everything that it ends.
  if (code === 421) return /shutting down/i.test(text) ? '4.3.2' : /timeout/i.test(text) ? '4.4.2' : '4.7.0';
  // 2.1.5 would confirm the address that VRFY must not give away.
  if (code === 252) return '2.0.0';
  return undefined;
}
