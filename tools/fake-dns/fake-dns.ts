/**
 * A small, real DNS server on loopback, over UDP and TCP on one port, so that every line of code that resolves does so
 * in the demo and in specs exactly as in production. It is authoritative for everything: what is not in its data does
 * not exist, and nothing is ever asked of the Internet.
 *
 * It can be told to misbehave by name: dead (no answer at all), slow, servfail, refused, nxdomain, truncated (UDP says
 * "ask again over TCP"), bogus (what a validating resolver does with a wrong signature: SERVFAIL unless asked not to
 * check), lame (a name server that does not know the zone), garbled (bytes that are no DNS) and lying (other records
 * than the data).
 */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import dnsPacket, { type DecodedPacket, type Question } from 'dns-packet';
import {
  plainName,
  toAnswers,
  Zones,
  type Finding,
  type NameRecords,
  type Rcode,
  type ZoneData,
} from './zone-data';

export type Misbehaviour =
  | 'dead'
  | 'servfail'
  | 'refused'
  | 'nxdomain'
  | 'truncated'
  | 'bogus'
  | 'lame'
  | 'garbled'
  | { slowMs: number }
  | { lie: NameRecords };

export interface FakeDnsOptions {
  /** 0, the default, takes a port that is free for UDP and TCP. */
  port?: number;
  host?: string;
  zones?: ZoneData;
  /**
   * Answers claim to be validated by DNSSEC (the AD bit), for code that wants that before it believes TLSA: all of them, or
   * those about these domains and what is below them.
   */
  isSecure?: boolean | string[];
}

export interface FakeDns {
  readonly port: number;
  /** `127.0.0.1:port`, as HOLDFAST_DNS_SERVERS and Resolver.setServers take it. */
  readonly server: string;
  /** Puts the records of one name in place of what was there. */
  set(name: string, records: NameRecords): void;
  remove(name: string): void;
  /** From the next question on. `*` is every name, `*.example.test` every name below; undefined: honest again. */
  misbehave(name: string, how: Misbehaviour | undefined): void;
  /** What was asked so far, oldest first; the last 1,000. */
  readonly asked: readonly { name: string; type: string; over: 'udp' | 'tcp' }[];
  close(): Promise<void>;
}

const rcodes: Record<Rcode, number> = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
};
const plainUdpBytes = 512; // RFC 1035 section 4.2.1, for those who do not announce more
const biggestUdpBytes = 1232; // what resolvers agreed on in 2020: never fragmented
const askedKept = 1_000; // a demo runs for weeks
const longestTcpQuery = 4_096;

/** Starts the server; the promise is kept when both sockets answer. */
export async function startFakeDns(options: FakeDnsOptions = {}): Promise<FakeDns> {
  const host = options.host ?? '127.0.0.1';
  const zones = new Zones(options.zones);
  const misbehaviours = new Map<string, Misbehaviour>();
  const asked: { name: string; type: string; over: 'udp' | 'tcp' }[] = [];
  const timers = new Set<NodeJS.Timeout>();

  const howFor = (name: string): Misbehaviour | undefined => {
    const plain = plainName(name);
    const own = misbehaviours.get(plain);
    if (own !== undefined) return own;
    for (let dot = plain.indexOf('.'); dot !== -1; dot = plain.indexOf('.', dot + 1)) {
      const below = misbehaviours.get(`*${plain.slice(dot)}`);
      if (below !== undefined) return below;
    }
    return misbehaviours.get('*');
  };

  const { isSecure: secure = false } = options;
  const isSecure = (name: string): boolean =>
    typeof secure === 'boolean'
      ? secure
      : secure.map(plainName).some((domain) => name === domain || name.endsWith(`.${domain}`));

  const respond = (bytes: Buffer, over: 'udp' | 'tcp', reply: (bytes: Buffer) => void): void => {
    const query = decodeQuery(bytes);
    if (!query) return; // not a DNS query: silence, like any server that is shouted at
    const [question] = query.questions ?? [];
    if (!question) return reply(encodeResponse(query, nothing('FORMERR'), over));
    asked.push({ name: question.name, type: question.type, over });
    if (asked.length > askedKept) asked.shift();

    const how = howFor(question.name);
    if (how === 'dead') return;
    if (how === 'garbled') return reply(garbled(bytes));
    const finding = findAsTold(zones, question, how === 'bogus' && !query.flag_cd ? 'servfail' : how);
    const response = encodeResponse(query, finding, over, {
      isValidated: how !== 'bogus' && isSecure(plainName(question.name)),
      isTruncated: how === 'truncated' && over === 'udp',
      isLame: how === 'lame',
    });
    if (typeof how !== 'object' || !('slowMs' in how)) return reply(response);
    const timer = setTimeout(() => {
      timers.delete(timer);
      reply(response);
    }, how.slowMs);
    timers.add(timer);
  };

  const connections = new Set<Socket>();
  const { udp, tcp } = await listenOnBoth(options.port ?? 0, host);
  udp.on('message', (bytes, from) => {
    respond(bytes, 'udp', (response) => {
      if (!isClosed) udp.send(response, from.port, from.address, () => undefined);
    });
  });
  tcp.on('connection', (socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket)).on('error', () => undefined);
    let pending = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 2) {
        const length = pending.readUInt16BE(0);
        if (length > longestTcpQuery) return socket.destroy();
        if (pending.length < length + 2) return;
        respond(pending.subarray(2, length + 2), 'tcp', (response) => {
          const prefix = Buffer.alloc(2);
          prefix.writeUInt16BE(response.length);
          if (!socket.destroyed) socket.write(Buffer.concat([prefix, response]));
        });
        pending = pending.subarray(length + 2);
      }
    });
  });

  let isClosed = false;
  const { port } = udp.address();
  return {
    port,
    server: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    set: (name, records) => {
      zones.set(name, records);
    },
    remove: (name) => {
      zones.remove(name);
    },
    misbehave: (name, how) => {
      if (how === undefined) misbehaviours.delete(plainName(name));
      else misbehaviours.set(plainName(name), how);
    },
    asked,
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      for (const timer of timers) clearTimeout(timer);
      for (const socket of connections) socket.destroy();
      const closed = [once(udp, 'close'), once(tcp, 'close')];
      udp.close();
      tcp.close();
      await Promise.all(closed);
    },
  };
}

const nothing = (rcode: Rcode): Finding => ({ rcode, answers: [], authorities: [] });

function findAsTold(zones: Zones, question: Question, how: Misbehaviour | undefined): Finding {
  if (how === 'servfail') return nothing('SERVFAIL');
  if (how === 'lame') return nothing('NOERROR');
  if (how === 'refused') return nothing('REFUSED');
  if (how === 'nxdomain')
    return { ...zones.find(question.name, question.type), rcode: 'NXDOMAIN', answers: [] };
  if (typeof how === 'object' && 'lie' in how) {
    return { ...nothing('NOERROR'), answers: toAnswers(question.name, question.type, how.lie) };
  }
  return zones.find(question.name, question.type);
}

/** The header of an answer to this very query, and behind it a name that points at itself for ever. */
function garbled(query: Buffer): Buffer {
  const bytes = Buffer.from(query.subarray(0, 12));
  bytes.writeUInt8(bytes.readUInt8(2) | 0x80, 2);
  return Buffer.concat([bytes, Buffer.from([0xc0, 0x0c, 0, 1, 0, 1])]);
}

function decodeQuery(bytes: Buffer): DecodedPacket | undefined {
  try {
    const packet = dnsPacket.decode(bytes);
    return packet.flag_qr ? undefined : packet;
  } catch {
    return undefined; // garbage from the network is no reason to stop answering others
  }
}

function encodeResponse(
  query: DecodedPacket,
  finding: Finding,
  over: 'udp' | 'tcp',
  { isValidated = false, isTruncated = false, isLame = false } = {},
): Buffer {
  const edns = query.additionals?.find((record) => record.type === 'OPT');
  const flags =
    rcodes[finding.rcode] |
    (isLame ? 0 : dnsPacket.AUTHORITATIVE_ANSWER) |
    dnsPacket.RECURSION_AVAILABLE |
    (query.flag_rd ? dnsPacket.RECURSION_DESIRED : 0) |
    (isValidated ? dnsPacket.AUTHENTIC_DATA : 0);
  const packet = {
    type: 'response' as const,
    id: query.id,
    questions: query.questions,
    additionals: edns
      ? [
          {
            type: 'OPT' as const,
            name: '.',
            udpPayloadSize: biggestUdpBytes,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: edns.flag_do ? dnsPacket.DNSSEC_OK : 0,
            flag_do: edns.flag_do,
            options: [],
          },
        ]
      : [],
  };
  const whole = dnsPacket.encode({
    ...packet,
    flags,
    answers: finding.answers,
    authorities: finding.authorities,
  });
  const roomBytes = Math.min(Math.max(edns?.udpPayloadSize ?? plainUdpBytes, plainUdpBytes), biggestUdpBytes);
  if (over === 'tcp' || (!isTruncated && whole.length <= roomBytes)) return whole;
  return dnsPacket.encode({ ...packet, flags: flags | dnsPacket.TRUNCATED_RESPONSE });
}

/** One port for UDP and TCP. With port 0 the kernel picks for UDP; where TCP has that one in use, pick again. */
async function listenOnBoth(port: number, host: string): Promise<{ udp: UdpSocket; tcp: Server }> {
  const mostTries = port === 0 ? 20 : 1;
  for (let tries = 1; ; tries += 1) {
    const udp = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4' });
    const tcp = createServer();
    try {
      udp.bind(port, host);
      await once(udp, 'listening');
      tcp.listen((udp.address() as AddressInfo).port, host);
      await once(tcp, 'listening');
      return { udp, tcp };
    } catch (error) {
      udp.removeAllListeners().close();
      if (tries >= mostTries || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}
