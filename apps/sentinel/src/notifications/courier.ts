/**
 * Hands one mail over, through the provider's smart host or straight to the recipient's MX (RFC 5321 section 5.1), encrypted
 * where the other side can. Our DNS servers are asked for every name. It returns when the other side has said 250 and throws
 * otherwise; when to try again is the dispatcher's business.
 */
import { Resolver } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { parseAddress } from '@holdfast/mail';
import mxConnect from 'mx-connect';
import { createTransport, type Transporter } from 'nodemailer';

export interface Mail {
  id: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  messageIdHeader: string;
  inReplyTo: string | null;
  writtenAt: Date;
}

export interface CourierSettings {
  /** ours: name in EHLO, and to the right of the @ in From */
  hostname: string;
  /** null: straight to the recipient's MX */
  smartHostUrl: string | null;
  /** `host:port`; none: the system's */
  dnsServers: string[];
  /** an MX at a private address is a stranger's way into our network, except where the operator allows such */
  allowPrivate: boolean;
  /** where mail servers listen: 25, but not on a developer's machine */
  mxPort?: number;
}

/** Longer than any server that means well needs, and shorter than the dispatcher's lease. */
const wholeTimeoutMs = 45_000;
const connectTimeoutMs = 10_000;

type GetSocket = (options: unknown, callback: (error: Error | null, socket?: object) => void) => void;

export class Courier {
  private readonly resolver = new Resolver({ timeout: 5_000, tries: 2 });

  constructor(private readonly settings: CourierSettings) {
    if (settings.dnsServers.length > 0) this.resolver.setServers(settings.dnsServers);
  }

  /** @throws with the other side's reply or the reason in `message` */
  async carry(mail: Mail): Promise<void> {
    const sockets: Socket[] = [];
    const transport = this.transportTo(mail.to, sockets);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`Not done within ${wholeTimeoutMs / 1_000} seconds`)),
        wholeTimeoutMs,
      );
    });
    try {
      await Promise.race([transport.sendMail(this.compose(mail)), late]);
    } finally {
      clearTimeout(timer);
      // Done or not: nodemailer has said its QUIT, and nothing of this mail may linger.
      for (const socket of sockets) setTimeout(() => socket.destroy(), 1_000).unref();
      transport.close();
    }
  }

  private compose(mail: Mail) {
    const from = `notifications@${this.settings.hostname}`;
    return {
      from: { name: 'Holdfast', address: from },
      to: mail.to,
      envelope: { from, to: mail.to },
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
      date: mail.writtenAt,
      messageId: mail.messageIdHeader,
      ...(mail.inReplyTo ? { inReplyTo: mail.inReplyTo, references: mail.inReplyTo } : {}),
      headers: {
        // RFC 3834: no vacation note, please.
        'Auto-Submitted': 'auto-generated',
        'X-Auto-Response-Suppress': 'All',
        'X-Holdfast-Notification': mail.id,
      },
      disableFileAccess: true,
      disableUrlAccess: true,
    };
  }

  private transportTo(recipient: string, sockets: Socket[]): Transporter {
    const { smartHostUrl, hostname } = this.settings;
    const common = {
      name: hostname,
      connectionTimeout: connectTimeoutMs,
      greetingTimeout: 30_000,
      socketTimeout: 30_000,
      maxResponseSize: 64 * 1024,
      getSocket: ((_options, callback) => {
        const connecting = smartHostUrl ? this.toSmartHost(smartHostUrl) : this.toMx(recipient);
        connecting.then(
          ({ socket, servername }) => {
            sockets.push(socket);
            callback(null, {
              connection: socket,
              host: servername,
              ...(smartHostUrl ? {} : { tls: { rejectUnauthorized: false, servername } }),
            });
          },
          (error: Error) => callback(error),
        );
      }) satisfies GetSocket,
    };
    // Between mail servers encryption is taken where it is offered, and a certificate that proves nothing is better than none
    // (RFC 7435). A smart host that gets our password must prove who it is, unless it is this very machine.
    if (!smartHostUrl) return createTransport({ ...common, opportunisticTLS: true });
    const mustProve = givesSecret(smartHostUrl) && !isThisMachine(smartHostUrl);
    return createTransport({
      ...common,
      url: smartHostUrl,
      ...(mustProve ? {} : { tls: { rejectUnauthorized: false } }),
    });
  }

  private async toSmartHost(text: string): Promise<{ socket: Socket; servername: string }> {
    const url = new URL(text);
    const port = Number(url.port) || (url.protocol === 'smtps:' ? 465 : 587);
    const servername = url.hostname.replace(/^\[|\]$/g, '');
    const address = await this.addressOf(servername);
    const socket = connect({ host: address, port });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        socket.destroy();
        reject(new Error(`The smart host does not answer within ${connectTimeoutMs / 1_000} seconds`));
      }, connectTimeoutMs);
      socket.once('connect', () => (clearTimeout(timer), resolve()));
      socket.on('error', (error) => (clearTimeout(timer), reject(error)));
    });
    return { socket, servername };
  }

  private async toMx(recipient: string): Promise<{ socket: Socket; servername: string }> {
    const domain = parseAddress(recipient)?.domain;
    if (!domain) throw new Error('Not an address that mail can be sent to');
    const { socket, hostname } = await mxConnect({
      target: domain,
      port: this.settings.mxPort ?? 25,
      maxConnectTime: connectTimeoutMs,
      dnsOptions: {
        blockLocalAddresses: !this.settings.allowPrivate,
        blockReservedNetworks: !this.settings.allowPrivate,
        resolveRecords: (name, type) => this.resolver.resolve(name, type),
      },
    });
    return { socket, servername: hostname };
  }

  private async addressOf(host: string): Promise<string> {
    // Without DNS servers of our own the system answers, with its hosts file and whatever else it knows.
    if (isIP(host) || host === 'localhost' || this.settings.dnsServers.length === 0) return host;
    const [v4, v6] = await Promise.allSettled([this.resolver.resolve4(host), this.resolver.resolve6(host)]);
    const address = (v4.status === 'fulfilled' && v4.value[0]) || (v6.status === 'fulfilled' && v6.value[0]);
    if (!address) throw new Error(`The smart host ${host} has no address in DNS`);
    return address;
  }
}

const givesSecret = (url: string): boolean => url.startsWith('smtps:') || new URL(url).password !== '';

const isThisMachine = (url: string): boolean => /^(127\.|localhost$|\[::1\]$)/.test(new URL(url).hostname);
