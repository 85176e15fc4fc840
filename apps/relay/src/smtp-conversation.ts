/**
 * The only file that speaks SMTP as a client. One conversation is one connection to one hop, used for many messages.
 *
 * Takes an envelope and a body as stored; promises that the body arrives byte for byte (dot-stuffed on the way, RFC 5321 section
 * 4.5.2) and gives each recipient's own reply. Refuses to guess: a connection that breaks before the reply to the final dot is
 * `ConversationLost`, and whoever calls decides. Uses PIPELINING where it is offered (RFC 2920): MAIL, all RCPT and DATA leave in
 * one write. Passes on what the sender asked for in reports (RFC 3461), where the primary takes it.
 *
 * What the primary cannot take as it is waits, and the reply says so: a message that needs SMTPUTF8 (RFC 6531) or demands REQUIRETLS
 * (RFC 8689). Octets above 127 are sent also where 8BITMIME is not offered (docs/decisions/0025).
 */
import type { Hop } from '@holdfast/directory';
import { logIn, type Login } from './auth';
import type { ConversationSettings, Manner } from './manner';
import { dotStuffed } from './dot-stuffed';
import { Extensions } from './extensions';
import { mailFrom, needsSmtpUtf8, rcptTo, type Envelope } from './envelope-commands';
import { reasonAgainst } from './reason-against';
import { SmtpWire } from './smtp-wire';
import { tellClient, type ClientFacts } from './tell-client';
import { judge, TlsFailed, type Encryption } from './tls-demand';
import { ConversationLost, NotAsDemanded, NotSmtp, Unreachable, WireLost } from './words-for-failures';

export { ConversationLost, Unreachable, type ConversationSettings, type Manner };

export interface RecipientReply {
  recipient: string;
  reply: string;
}

export class SmtpConversation {
  /** messages taken so far */
  sent = 0;
  encryption: Encryption | undefined;
  private extensions = new Extensions('');
  private toldClient = '';

  private constructor(
    private wire: SmtpWire,
    readonly hop: Hop,
    private readonly settings: ConversationSettings,
    private readonly manner: Manner,
  ) {}

  /** Connects, greets and, as demanded, encrypts and logs in. @throws Unreachable, TlsFailed */
  static async open(hop: Hop, settings: ConversationSettings, manner: Manner): Promise<SmtpConversation> {
    try {
      const wire = await connect(hop, settings, manner);
      const conversation = new SmtpConversation(wire, hop, settings, manner);
      await conversation.begin();
      return conversation;
    } catch (error) {
      if (error instanceof WireLost) throw new Unreachable(error.message);
      throw error;
    }
  }

  get isUsable(): boolean {
    return !this.wire.isLost && this.wire.unasked === undefined;
  }

  /** The server has proven to be the one that is meant. */
  private get isProven(): boolean {
    return this.encryption?.provenBy !== undefined && this.manner.isNameTrusted;
  }

  /** where and how this goes, for the trail */
  get where(): string {
    const { host, port, address, rememberedFrom } = this.hop;
    const notes = [
      rememberedFrom && `last known address ${address}, of ${rememberedFrom.toISOString().slice(0, 16)}Z`,
      this.encryption &&
        `${this.encryption.text.split(',')[0]}${provenAs[this.encryption.provenBy ?? 'nothing']}`,
    ].filter(Boolean);
    return notes.length > 0 ? `${host}:${port} (${notes.join('; ')})` : `${host}:${port}`;
  }

  offers(keyword: string): boolean {
    return this.extensions.has(keyword);
  }

  /**
   * Offers one message to its recipients.
   * @param body one after the other the message, each beginning a line
   * @returns each recipient's reply: to its RCPT where that was refused, otherwise to the final dot
   * @throws ConversationLost
   */
  async send(envelope: Envelope, body: readonly Buffer[]): Promise<RecipientReply[]> {
    const no = reasonAgainst(envelope, body, this.extensions, this.isProven);
    if (no) return envelope.to.map(({ address }) => ({ recipient: address, reply: no }));
    try {
      if (this.wire.unasked !== undefined) throw new WireLost(this.wire.unasked);
      if (envelope.client) await this.tell(envelope.client);
      else if (this.toldClient !== '') await this.startOver();
      const replies = await this.transact(envelope, body);
      if (this.isUsable) this.sent++;
      return replies;
    } catch (error) {
      if (!(error instanceof WireLost)) throw error;
      this.wire.destroy();
      throw new ConversationLost(error.message);
    }
  }

  /** Says goodbye; does not wait for the answer. */
  quit(): void {
    this.wire.end('QUIT');
  }

  close(): void {
    this.wire.destroy();
  }

  private async begin(): Promise<void> {
    const { manner } = this;
    try {
      await this.greet(manner);
      await this.encrypt(manner);
      if (manner.login) await this.logIn(manner.login, manner);
    } catch (error) {
      this.wire.destroy();
      throw error;
    }
  }

  /** The same place once more. @throws WireLost */
  private async startOver(): Promise<void> {
    this.wire.end('QUIT');
    this.toldClient = '';
    this.encryption = undefined;
    try {
      this.wire = await connect(this.hop, this.settings, { ...this.manner, onStep: undefined });
      await this.begin();
    } catch (error) {
      asLost(error as Error);
    }
  }

  private async greet(manner: Manner): Promise<void> {
    const greeting = await this.wire.reply(this.settings.greetingTimeoutMs);
    manner.onStep?.('greeting', greeting);
    if (!greeting.startsWith('2')) throw new Unreachable(greeting);
    await this.introduce();
    manner.onStep?.('EHLO', this.extensions.name);
    for (const name of [/^\d+[ -](\S*)/.exec(greeting)?.[1] ?? '', this.extensions.name])
      if (manner.isOurselves(name))
        throw new NotAsDemanded(
          'greets with our own name: it is ourselves, and the mail would go in a circle',
        );
  }

  /** @throws Unreachable */
  private async introduce(name = this.settings.hostname): Promise<void> {
    const { commandTimeoutMs } = this.settings;
    const ehlo = await this.wire.command(`EHLO ${name}`, commandTimeoutMs);
    if (ehlo.startsWith('2')) return void (this.extensions = new Extensions(ehlo));
    // RFC 5321 section 3.2: a server that knows no EHLO.
    if (!ehlo.startsWith('5')) throw new Unreachable(ehlo);
    const helo = await this.wire.command(`HELO ${name}`, commandTimeoutMs);
    if (!helo.startsWith('2')) throw new Unreachable(helo);
    this.extensions = new Extensions(helo.split('\n')[0] ?? '');
  }

  private async encrypt({ tls, onStep }: Manner): Promise<void> {
    if (tls.kind === 'none') return;
    const { connectTimeoutMs, commandTimeoutMs, secureContext } = this.settings;
    if (!this.extensions.has('STARTTLS')) {
      if (tls.kind === 'opportunistic') return onStep?.('STARTTLS', 'is not offered');
      throw new TlsFailed('starttls-not-supported', 'the server does not offer STARTTLS');
    }
    const go = await this.wire.command('STARTTLS', commandTimeoutMs);
    if (!go.startsWith('2'))
      throw new TlsFailed('starttls-not-supported', `the server says to STARTTLS: ${go}`);
    const { host } = this.hop;
    const isName = /[a-z]/i.test(host) && !host.includes(':');
    const socket = await this.wire
      .startTls(
        {
          host,
          ...(isName ? { servername: host } : {}),
          ...(secureContext ? { secureContext } : {}),
          // Judged below, by what the policy demands: a certificate that proves nothing is still better than no encryption.
          rejectUnauthorized: false,
        },
        connectTimeoutMs,
      )
      .catch((error: Error) => {
        throw new TlsFailed('validation-failure', `the handshake failed (${error.message})`);
      });
    this.encryption = judge(socket, tls, host);
    const { text, certificate, doubt, provenBy } = this.encryption;
    const proof = provenBy
      ? `proven by its ${provenBy === 'dane' ? 'TLSA record' : provenBy}`
      : (doubt?.message ?? '');
    onStep?.('STARTTLS', `${text}; certificate for ${certificate}; ${proof}`);
    await this.introduce();
  }

  private async logIn(login: Login, { onStep }: Manner): Promise<void> {
    if (!this.isProven)
      throw new NotAsDemanded('our password is not given to a server that has not proven who it is');
    await logIn(this.wire, this.extensions, login, this.settings.commandTimeoutMs);
    onStep?.('AUTH', `logged in as ${login.user}`);
  }

  /** The primary shall see whose mail this is, not only who held it. */
  private async tell(client: ClientFacts): Promise<void> {
    const { primary } = this.hop;
    if (!primary.tellsClient) return;
    // The id is another for each message, and no part of who the client was.
    const { address, name, helo } = client;
    const told = JSON.stringify([address, name, helo]);
    const isXclient = primary.tellsClient === 'xclient';
    if (isXclient && told === this.toldClient) return;
    // After XCLIENT the primary takes us for that client, who may not say that he is another; and no mail goes out in the wrong name.
    if (isXclient && this.toldClient !== '') await this.startOver();
    const answer = await tellClient(
      this.wire,
      this.extensions,
      primary.tellsClient,
      client,
      this.settings.commandTimeoutMs,
    );
    if (answer !== 'start-over') return;
    this.toldClient = told;
    // The primary takes what now comes for the client's own words, its EHLO as well.
    const isHelo = client.helo !== null && /^[\w.:[\]-]{1,255}$/.test(client.helo);
    await this.introduce(isHelo ? (client.helo as string) : this.settings.hostname).catch(asLost);
  }

  private async transact(envelope: Envelope, body: readonly Buffer[]): Promise<RecipientReply[]> {
    const { commandTimeoutMs, dataTimeoutMs } = this.settings;
    const mail = mailFrom(envelope, this.extensions, needsSmtpUtf8(envelope, body));
    const rcpts = envelope.to.map((recipient) => rcptTo(recipient, this.extensions));
    const isPipelined = this.extensions.has('PIPELINING');
    if (isPipelined) this.wire.write([mail, ...rcpts, 'DATA', ''].join('\r\n'));
    const ask = (command: string): Promise<string> =>
      isPipelined ? this.wire.reply(commandTimeoutMs) : this.wire.command(command, commandTimeoutMs);

    const toMail = await ask(mail);
    if (isLeaving(toMail)) return this.leave(envelope, [toMail]);
    const isMailTaken = toMail.startsWith('2');
    const replies: string[] = [];
    for (const rcpt of isPipelined || isMailTaken ? rcpts : []) {
      replies.push(await ask(rcpt));
      if (isLeaving(replies.at(-1))) return this.leave(envelope, replies);
    }
    const isTaken = (reply: string | undefined): boolean => isMailTaken && reply?.startsWith('2') === true;
    const isAnyTaken = replies.some(isTaken);
    const toData = isPipelined || isAnyTaken ? await ask('DATA') : '';

    let last = toData;
    if (toData.startsWith('3')) {
      // Without a recipient the server should have refused; the dot alone ends it.
      this.wire.write(...(isAnyTaken ? dotStuffed(body) : ['.\r\n']));
      last = await this.wire.reply(dataTimeoutMs);
    } else await this.reset();
    return envelope.to.map(({ address }, n) => {
      const own = isMailTaken ? replies[n] : toMail;
      return { recipient: address, reply: isTaken(own) ? last : (own ?? last) };
    });
  }

  /** The server closes the connection part-way (RFC 5321 section 3.8): what it had refused stays refused, all else was not taken. */
  private leave(envelope: Envelope, replies: string[]): RecipientReply[] {
    this.close();
    const goodbye = replies.at(-1) ?? '';
    return envelope.to.map(({ address }, n) => {
      const own = replies[n];
      return { recipient: address, reply: own === undefined || own.startsWith('2') ? goodbye : own };
    });
  }

  /** A refused transaction is still open at the other side; without this the next message would be part of it. */
  private async reset(): Promise<void> {
    const reply = await this.wire.command('RSET', this.settings.commandTimeoutMs).catch(() => '');
    if (!reply.startsWith('2')) this.close();
  }
}

const isLeaving = (reply: string | undefined): boolean => reply?.startsWith('421') === true;

/** @throws WireLost, and what `admit` throws */
async function connect(hop: Hop, settings: ConversationSettings, manner: Manner): Promise<SmtpWire> {
  manner.admit(hop.address);
  const wire = await SmtpWire.connect(hop.address, hop.port, settings.connectTimeoutMs);
  try {
    // What we are connected with is what counts, whatever we meant.
    manner.admit(wire.remoteAddress);
  } catch (error) {
    wire.destroy();
    throw error;
  }
  manner.onStep?.('connect', `connected to ${hop.address}, port ${hop.port}`);
  return wire;
}

const provenAs = {
  certificate: ', verified by certificate',
  dane: ', verified by DANE',
  pin: ', verified by its pinned key',
  nothing: '',
} as const;

const asLost = (error: Error): never => {
  throw error instanceof NotSmtp ? error : new WireLost(error.message);
};
