/**
 * Asks a validating resolver, and says whether it vouches for the answer (the AD bit, RFC 4035 section 3.2.3, RFC 6840 section 5.7).
 * Node's own resolver keeps that bit to itself, so this one speaks DNS: UDP, and TCP where an answer is cut.
 *
 * The bit is worth as much as the way to who sets it: a resolver on this machine, or one that the operator named for it.
 */
import { createSocket } from 'node:dgram';
import { connect, isIP } from 'node:net';
import { randomInt } from 'node:crypto';
import dnsPacket, { type DecodedPacket, type RecordType } from 'dns-packet';

export interface SecureAnswer<T> {
  data: T[];
  /** the resolver validated it; an answer "there is none" can be validated as well */
  isSecure: boolean;
}

const tries = 2;
const timeoutMs = 3_000;
const announcedBytes = 1_232;
const mostBytes = 65_535;

export class SecureResolver {
  private constructor(
    private readonly host: string,
    private readonly port: number,
  ) {}

  /**
   * @param named the operator's word, `host:port`; null: the first of `servers`, if it is on this machine
   * @returns undefined when there is none that may be believed
   */
  static from(named: string | null, servers: readonly string[]): SecureResolver | undefined {
    const first = named ?? servers[0];
    if (first === undefined) return undefined;
    const [, host = first, port = '53'] =
      /^\[?([^\]]*?)\]?(?::(\d+))?$/.exec(isIP(first) ? `[${first}]` : first) ?? [];
    const isHere = host === '::1' || host.startsWith('127.');
    return named !== null || isHere ? new SecureResolver(host, Number(port)) : undefined;
  }

  /** @throws Error in words when it does not answer, or says that the answer is not to be trusted (SERVFAIL) */
  async ask<T>(name: string, type: RecordType): Promise<SecureAnswer<T>> {
    const id = randomInt(65_536);
    const query = dnsPacket.encode({
      type: 'query',
      id,
      flags: dnsPacket.RECURSION_DESIRED | dnsPacket.AUTHENTIC_DATA,
      questions: [{ type, name }],
      additionals: [
        {
          type: 'OPT',
          name: '.',
          udpPayloadSize: announcedBytes,
          extendedRcode: 0,
          ednsVersion: 0,
          flags: 0,
          flag_do: false,
          options: [],
        },
      ],
    });
    let packet = await this.overUdp(query, id);
    if (packet.flag_tc) packet = read(await this.overTcp(query), id);
    const rcode = (packet as unknown as { rcode: string }).rcode;
    if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN')
      throw new Error(`the resolver says ${rcode} about ${name}`);
    const data = (packet.answers ?? []).flatMap((answer) =>
      answer.type === type && 'data' in answer ? [answer.data as T] : [],
    );
    return { data, isSecure: packet.flag_ad };
  }

  private async overUdp(query: Buffer, id: number): Promise<DecodedPacket> {
    for (let n = 1; ; n++) {
      try {
        return await this.oneDatagram(query, id);
      } catch (error) {
        if (n >= tries) throw error;
      }
    }
  }

  private oneDatagram(query: Buffer, id: number): Promise<DecodedPacket> {
    return new Promise((resolve, reject) => {
      const socket = createSocket(this.host.includes(':') ? 'udp6' : 'udp4');
      const done = (end: () => void): void => {
        clearTimeout(timer);
        socket.close();
        end();
      };
      const timer = setTimeout(
        () => done(() => reject(new Error('the resolver does not answer'))),
        timeoutMs,
      );
      socket.once('error', (error) => done(() => reject(error)));
      socket.on('message', (bytes) => {
        try {
          const packet = read(bytes, id);
          done(() => resolve(packet));
        } catch {
          // Not the answer to our question; that one may still come.
        }
      });
      // A connected socket hears nobody else.
      socket.connect(this.port, this.host, () => socket.send(query));
    });
  }

  private overTcp(query: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      let heard = Buffer.alloc(0);
      const socket = connect({ host: this.host, port: this.port });
      const fail = (error: Error): void => {
        clearTimeout(timer);
        socket.destroy();
        reject(error);
      };
      const timer = setTimeout(() => fail(new Error('the resolver does not answer')), timeoutMs);
      socket.on('error', fail);
      socket.on('close', () => fail(new Error('the resolver closed the connection')));
      socket.on('connect', () => {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(query.length);
        socket.write(Buffer.concat([length, query]));
      });
      socket.on('data', (chunk: Buffer) => {
        heard = Buffer.concat([heard, chunk]);
        if (heard.length > mostBytes + 2) return fail(new Error('the resolver says too much'));
        if (heard.length < 2 || heard.length < heard.readUInt16BE(0) + 2) return;
        resolve(heard.subarray(2));
        fail(new Error('done'));
      });
    });
  }
}

function read(bytes: Buffer, id: number): DecodedPacket {
  const packet = dnsPacket.decode(bytes);
  if (packet.id !== id || !packet.flag_qr) throw new Error('the resolver answers something else');
  return packet;
}
