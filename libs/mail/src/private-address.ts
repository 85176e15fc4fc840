import ipaddr from 'ipaddr.js';

/**
 * Whether an address is anything but a public unicast one: private, loopback, link-local, multicast, reserved, or IPv4 dressed up
 * as IPv6. Tenants and strangers name the hosts that we connect to, and must not reach the inside of our network through us.
 */
export function isPrivateAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return true;
  const parsed = ipaddr.process(address);
  return parsed.range() !== 'unicast';
}
