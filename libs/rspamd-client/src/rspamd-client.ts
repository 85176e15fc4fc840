/**
 * rspamd's HTTP protocol (`POST /checkv2`, https://docs.rspamd.com/developers/protocol), typed.
 *
 * Promise: `check` answers with a verdict or throws `ScanUnavailable`, within `timeoutMs` whatever rspamd does: waiting for a free
 * connection, connecting, sending and reading all count. An answer is read up to a bound and no further.
 */
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { readVerdict, type Verdict } from './verdict';

/** What rspamd is told beside the message. All of it comes from a stranger. */
export interface ScanEnvelope {
  clientAddress: string;
  /** name from PTR; rspamd takes the absence for "unknown" */
  clientName?: string;
  helo?: string;
  /** '' is the null sender */
  sender: string;
  recipients: readonly string[];
  queueId?: string;
  tls?: { version: string; cipher: string };
  /** The sender has gone: no grey list, which would end the scan before anybody has looked at the message. */
  isLate?: boolean;
}

/** rspamd gave no verdict: it is away, slow, or said something else. The message is as unscanned as before. */
export class ScanUnavailable extends Error {
  override name = 'ScanUnavailable';
}

export interface RspamdSettings {
  /** such as http://127.0.0.1:11333 */
  url: string;
  timeoutMs: number;
  /** connections at most; more would only queue inside rspamd */
  maxConnections?: number;
}

// A verdict is some KB. One with every symbol and a thousand URLs stays below this.
const mostAnswerBytes = 2 ** 20;
// A transaction may have a thousand recipients; a header of rspamd's parser may not. Rules that look at recipients need few.
const mostRecipientsTold = 100;

export class RspamdClient {
  private readonly agent: Agent;
  private readonly base: URL;

  constructor(private readonly settings: RspamdSettings) {
    this.base = new URL(settings.url);
    this.agent = new Agent({
      keepAlive: true,
      maxSockets: settings.maxConnections ?? 32,
      scheduling: 'lifo',
    });
  }

  /**
   * Asks what rspamd thinks of a message.
   * @param body the whole message, in parts
   * @param signal ends the question early, say because the client hung up
   */
  async check(
    envelope: ScanEnvelope,
    body: Uint8Array | readonly Uint8Array[],
    signal?: AbortSignal,
  ): Promise<Verdict> {
    const parts = body instanceof Uint8Array ? [body] : body;
    const answer = await this.ask('POST', '/checkv2', headersOf(envelope), parts, signal);
    let json: unknown;
    try {
      json = JSON.parse(answer.toString());
    } catch (cause) {
      throw new ScanUnavailable('rspamd answered something that is no JSON', { cause });
    }
    const verdict = readVerdict(json);
    if (!verdict) throw new ScanUnavailable('rspamd gave no verdict');
    return verdict;
  }

  /**
   * Whether rspamd scans, and its virus scanner too: asks about a small message of our own. It is a new one every time, because a
   * virus scanner's answer to a known one may be remembered while the scanner is away.
   */
  async scans(): Promise<boolean> {
    const text = `From: <probe@localhost>\r\nSubject: probe\r\n\r\n${randomUUID()}\r\n`;
    const envelope = { clientAddress: '127.0.0.1', sender: '', recipients: [], isLate: true };
    return this.check(envelope, Buffer.from(text)).then(
      ({ isVirusScanMissing }) => !isVirusScanMissing,
      () => false,
    );
  }

  /** Whether rspamd answers at all. */
  async ping(): Promise<boolean> {
    return this.ask('GET', '/ping', {}, []).then(
      () => true,
      () => false,
    );
  }

  /** Closes connections; questions that are on their way fail. */
  close(): void {
    this.agent.destroy();
  }

  private ask(
    method: string,
    path: string,
    headers: Record<string, string | string[]>,
    parts: readonly Uint8Array[],
    signal?: AbortSignal,
  ): Promise<Buffer> {
    let length = 0;
    for (const part of parts) length += part.length;
    return new Promise((resolve, reject) => {
      const asking = request(new URL(path, this.base), {
        method,
        agent: this.agent,
        headers: { ...headers, 'content-length': String(length) },
        ...(signal ? { signal } : {}),
      });
      const fail = (cause: Error): void => {
        clearTimeout(timer);
        reject(
          cause instanceof ScanUnavailable
            ? cause
            : new ScanUnavailable(`rspamd cannot be asked: ${cause.message}`, { cause }),
        );
      };
      // One clock for everything. A time-out of the socket would start anew with every octet.
      const timer = setTimeout(
        () =>
          asking.destroy(new ScanUnavailable(`rspamd did not answer within ${this.settings.timeoutMs} ms`)),
        this.settings.timeoutMs,
      );
      asking.on('error', fail);
      asking.on('response', (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('error', fail);
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > mostAnswerBytes) asking.destroy(new ScanUnavailable('rspamd answered without end'));
          else chunks.push(chunk);
        });
        response.on('end', () => {
          clearTimeout(timer);
          if (response.statusCode === 200) resolve(Buffer.concat(chunks));
          else reject(new ScanUnavailable(`rspamd answered with HTTP status ${response.statusCode}`));
        });
        response.on('close', () => fail(new Error('the connection broke')));
      });
      for (const part of parts) asking.write(part);
      asking.end();
    });
  }
}

const withoutGreyList = JSON.stringify({ symbols_disabled: ['GREYLIST_CHECK', 'GREYLIST_SAVE'] });

function headersOf(envelope: ScanEnvelope): Record<string, string | string[]> {
  const { clientAddress, clientName, helo, sender, recipients, queueId, tls, isLate } = envelope;
  return {
    ip: clientAddress,
    from: value(`<${sender}>`),
    rcpt: recipients.slice(0, mostRecipientsTold).map((recipient) => value(`<${recipient}>`)),
    pass: 'all',
    ...(helo ? { helo: value(helo) } : {}),
    ...(clientName ? { hostname: value(clientName) } : {}),
    ...(queueId ? { 'queue-id': value(queueId) } : {}),
    ...(isLate ? { settings: withoutGreyList } : {}),
    ...(tls ? { 'tls-version': value(tls.version), 'tls-cipher': value(tls.cipher) } : {}),
  };
}

/** A header's value in octets: UTF-8, as SMTP has it, and nothing that could end the header. */
function value(text: string): string {
  return Buffer.from(text.replace(/[^\x20-\x7e\u0080-\u{10ffff}]/gu, '')).toString('latin1');
}
