import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';

/** Whether an address leads to this very machine. */
export function isOwnAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() === 'loopback' || parsed.range() === 'unspecified') return true;
  const text = parsed.toString();
  return Object.values(networkInterfaces()).some((list) =>
    list?.some((one) => ipaddr.process(one.address).toString() === text),
  );
}
