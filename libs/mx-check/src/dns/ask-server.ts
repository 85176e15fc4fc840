/**
 * One question to one name server, as packets: over UDP, and over TCP when the answer does not fit (RFC 1035 section 4.2). The
 * resolver of the platform would do, if it told TTLs, the AD bit and who is authoritative; it does not.
 */
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import dnsPacket, { type DecodedPacket, type RecordType } from 'dns-packet';
import { CouldNotCheck } from '../known';

export interface Server {
  address: string;
  port: number;
}

export interface Question {
  name: string;
  type: RecordType;
}

export interface Asking {
  /** RECURSION_DESIRED, CHECKING_DISABLED and so on, of dns-packet */
  flags: number;
  timeoutMs: number;
  signal: AbortSignal;
}

/** dns-packet tells the response code, and its types do not. */
export type ServerAnswer = DecodedPacket & { rcode: string };

/** What resolvers agreed on in 2020: never fragmented. */
const udpPayloadSize = 1232;

/** @throws CouldNotCheck when no answer comes that belongs to the question */
export async function askServer(server: Server, question: Question, asking: Asking): Promise<ServerAnswer> {
  const id = randomInt(0x1_0000);
  const query = dnsPacket.encode({
    type: 'query',
    id,
    flags: asking.flags,
    questions: [question],
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: 0,
        flag_do: false,
        options: [],
      },
    ],
  });
  const belongs = (bytes: Buffer): ServerAnswer | undefined => {
    const packet = decode(bytes);
    const [asked] = packet?.questions ?? [];
    const isOurs =
      packet?.id === id &&
      packet.flag_qr &&
      asked?.type === question.type &&
      asked.name.toLowerCase() === question.name.toLowerCase();
    return isOurs ? packet : undefined;
  };
  const short = await overUdp(server, query, belongs, asking);
  return short.flag_tc ? overTcp(server, query, belongs, asking) : short;
}

type Belongs = (bytes: Buffer) => ServerAnswer | undefined;

function overUdp(server: Server, query: Buffer, belongs: Belongs, asking: Asking): Promise<ServerAnswer> {
  return inTime(server, asking, (resolve, reject) => {
    const socket = createSocket(isIPv6(server.address) ? 'udp6' : 'udp4');
    socket.on('error', reject);
    // Connected: the kernel passes over what others send to our port.
    socket.connect(server.port, server.address, () => socket.send(query));
    socket.on('message', (bytes) => {
      const packet = belongs(bytes);
      if (packet) resolve(packet); // anything else may be a forgery: wait for the real one
    });
    return () => socket.close();
  });
}

function overTcp(server: Server, query: Buffer, belongs: Belongs, asking: Asking): Promise<ServerAnswer> {
  return inTime(server, asking, (resolve, reject) => {
    const socket = connect({ host: server.address, port: server.port, noDelay: true });
    let received = Buffer.alloc(0);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed')));
    socket.on('connect', () => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(query.length);
      socket.write(Buffer.concat([length, query]));
    });
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2) return;
      const end = received.readUInt16BE(0) + 2; // at most 64 KiB: the length field has no room for more
      if (received.length < end) return;
      const packet = belongs(received.subarray(2, end));
      if (packet) resolve(packet);
      else reject(new Error('its answer does not belong to our question'));
    });
    return () => socket.destroy();
  });
}

/** @param begin gives back how to let go of the socket */
function inTime(
  { address }: Server,
  { timeoutMs, signal }: Asking,
  begin: (resolve: (packet: ServerAnswer) => void, reject: (error: Error) => void) => () => void,
): Promise<ServerAnswer> {
  return new Promise((resolve, reject) => {
    let isDone = false;
    const done = (then: () => void): void => {
      if (isDone) return;
      isDone = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', late);
      letGo();
      then();
    };
    const late = (): void =>
      done(() => reject(new CouldNotCheck(`the name server ${address} did not answer in time`)));
    const timer = setTimeout(late, timeoutMs);
    signal.addEventListener('abort', late);
    const letGo = begin(
      (packet) => done(() => resolve(packet)),
      () => done(() => reject(new CouldNotCheck(`the name server ${address} could not be asked`))),
    );
    if (signal.aborted) late();
  });
}

function decode(bytes: Buffer): ServerAnswer | undefined {
  try {
    return dnsPacket.decode(bytes) as ServerAnswer;
  } catch {
    return undefined; // garbage, or a record that the codec does not understand: as good as no answer
  }
}
