/**
 * The header of the PROXY protocol, versions 1 and 2 (haproxy.org, proxy-protocol.txt), with which a load balancer says for whom it
 * speaks. Read strictly: whom a balancer names decides over limits, over the scan and over Received, so nothing is guessed.
 *
 * LOCAL (version 2) and UNKNOWN (version 1) name nobody: the balancer speaks for itself, to see whether we are well. So do the
 * families that are not TCP over IP. What the header says beyond addresses (TLV) is passed over.
 */
import { isIPv4, isIPv6 } from 'node:net';

export interface Proxied {
  /** octets of the header; what follows is the client's */
  bytes: number;
  /** undefined: the balancer speaks for itself */
  ends?: { clientAddress: string; clientPort: number; ourAddress: string; ourPort: number };
}

/** What can be said of the octets that have come so far. */
export type ProxyReading = { kind: 'more' } | { kind: 'bad'; reason: string } | ({ kind: 'whole' } & Proxied);

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
/** As the protocol has it, CR LF included. */
const longestV1 = 107;
const fixedV2 = 16;
/** Addresses and TLVs. Far above what balancers add (a few hundred), far below what would be worth sending us. */
const longestV2 = 4_096;

const more: ProxyReading = { kind: 'more' };
const bad = (reason: string): ProxyReading => ({ kind: 'bad', reason });

export function readProxyHeader(octets: Buffer): ProxyReading {
  if (octets.length === 0) return more;
  if (octets[0] === signature[0]) return readV2(octets);
  return readV1(octets);
}

function readV1(octets: Buffer): ProxyReading {
  const text = octets.toString('latin1', 0, longestV1);
  if (!'PROXY '.startsWith(text.slice(0, 6))) return bad('not a PROXY header');
  const end = text.indexOf('\n');
  if (end < 0) return text.length < longestV1 ? more : bad('the header is too long');
  if (text[end - 1] !== '\r') return bad('the header does not end in CR LF');
  const line = text.slice(0, end - 1);
  const bytes = end + 1;
  if (/^PROXY UNKNOWN( |$)/.test(line)) return { kind: 'whole', bytes };
  const [, family, clientAddress = '', ourAddress = '', clientPort, ourPort] =
    /^PROXY (TCP[46]) ([0-9a-fA-F.:]+) ([0-9a-fA-F.:]+) (\d{1,5}) (\d{1,5})$/.exec(line) ?? [];
  const isIP = family === 'TCP4' ? isIPv4 : isIPv6;
  const ports = [Number(clientPort), Number(ourPort)] as const;
  if (!family || !isIP(clientAddress) || !isIP(ourAddress) || !ports.every((port) => port <= 65_535))
    return bad('the header names no addresses');
  return {
    kind: 'whole',
    bytes,
    ends: { clientAddress, ourAddress, clientPort: ports[0], ourPort: ports[1] },
  };
}

function readV2(octets: Buffer): ProxyReading {
  const seen = Math.min(octets.length, signature.length);
  if (signature.compare(octets, 0, seen, 0, seen) !== 0) return bad('not a PROXY header');
  if (octets.length < fixedV2) return more;
  const [versionAndCommand = 0, familyAndTransport = 0] = octets.subarray(12, 14);
  const command = versionAndCommand & 0x0f;
  if (versionAndCommand >> 4 !== 2 || command > 1) return bad('an unknown version or command');
  if (familyAndTransport >> 4 > 3 || (familyAndTransport & 0x0f) > 2) return bad('an unknown family');
  const length = octets.readUInt16BE(14);
  if (length > longestV2) return bad('the header is too long');
  const bytes = fixedV2 + length;
  if (octets.length < bytes) return more;
  const addressBytes = familyAndTransport === tcpOverIPv4 ? 4 : familyAndTransport === tcpOverIPv6 ? 16 : 0;
  if (command === local || addressBytes === 0) return { kind: 'whole', bytes };
  if (length < 2 * addressBytes + 4) return bad('the header names no addresses');
  const addresses = octets.subarray(fixedV2);
  return {
    kind: 'whole',
    bytes,
    ends: {
      clientAddress: inText(addresses.subarray(0, addressBytes)),
      ourAddress: inText(addresses.subarray(addressBytes, 2 * addressBytes)),
      clientPort: addresses.readUInt16BE(2 * addressBytes),
      ourPort: addresses.readUInt16BE(2 * addressBytes + 2),
    },
  };
}

const local = 0;
const tcpOverIPv4 = 0x11;
const tcpOverIPv6 = 0x21;

function inText(address: Buffer): string {
  if (address.length === 4) return address.join('.');
  const groups = Array.from({ length: 8 }, (_, n) => address.readUInt16BE(2 * n).toString(16));
  return groups.join(':');
}
