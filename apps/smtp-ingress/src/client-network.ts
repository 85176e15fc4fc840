import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** How wide a network of one client is taken to be, in bits: what one person usually has. */
export interface NetworkWidths {
  ipv4: number;
  ipv6: number;
}

/**
 * The network of a client, as a key to count by. Who has one address of a /24 or a /64 usually has the others too.
 * @param address without brackets; an IPv4 address in IPv6 form counts as the IPv4 address that it is
 */
export function networkOf(address: string, widths: NetworkWidths): string {
  const plain = plainAddress(address);
  if (isIPv4(plain)) {
    if (widths.ipv4 === 24) return plain.slice(0, plain.lastIndexOf('.'));
    const number = plain.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
    return `4/${Math.floor(number / 2 ** (32 - widths.ipv4))}`;
  }
  if (!isIPv6(plain)) return plain;
  let bits = 0n;
  for (const group of groupsOf(plain)) bits = (bits << 16n) | BigInt(group);
  return `6/${(bits >> BigInt(128 - widths.ipv6)).toString(16)}`;
}

/** Without zone, and IPv4 as IPv4. */
export function plainAddress(address: string): string {
  return address.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
}

function groupsOf(address: string): number[] {
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const text = dotted
    ? address.slice(0, dotted.index) +
      [0, 2].map((n) => (Number(dotted[n + 1]) * 256 + Number(dotted[n + 2])).toString(16)).join(':')
    : address;
  const [front = '', back] = text.split('::');
  const parse = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => parseInt(group, 16));
  const [left, right] = [parse(front), parse(back ?? '')];
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}

/** A list of addresses and networks (CIDR) that somebody wrote into the configuration. */
export class Networks {
  private readonly list = new BlockList();

  /** @throws Error when one of them is none */
  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [address = '', bits] = network.split('/');
      const family = isIPv4(address) ? 'ipv4' : 'ipv6';
      const most = family === 'ipv4' ? 32 : 128;
      const width = bits === undefined ? most : Number(bits);
      if (!(isIPv4(address) || isIPv6(address)) || !Number.isInteger(width) || width < 0 || width > most)
        throw new Error('must be addresses or networks, such as 192.0.2.7,2001:db8::/32');
      this.list.addSubnet(address, width, family);
    }
  }

  has(address: string | undefined): boolean {
    const plain = plainAddress(address ?? '');
    if (isIPv4(plain)) return this.list.check(plain, 'ipv4');
    return isIPv6(plain) && this.list.check(plain, 'ipv6');
  }
}
