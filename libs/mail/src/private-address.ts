import ipaddr from 'ipaddr.js';

/**
 * Whether an address is anything but a public unicast one: private, loopback, link-local, multicast, reserved, or IPv4 dressed up
 * as IPv6. Tenants and strangers name the hosts that we connect to, and must not reach the inside of our network through us.
 */
export function isPrivateAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return true;
  const parsed = ipaddr.process(address);
  // "::7f00:1" is "::127.0.0.1", which some systems still take for IPv4; nobody's mail server has such an address.
  if (parsed.kind() === 'ipv6' && parsed.match(ipv4Compatible)) return true;
  return parsed.range() !== 'unicast';
}

const ipv4Compatible = ipaddr.parseCIDR('::/96');
