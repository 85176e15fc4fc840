import { getDomain } from 'tldts';
import type { DnsClient } from './dns-client';
import { reverseName, textsOf } from './records';

/** The autonomous system that announces an address, as a TXT record tells it: `64500 | 192.0.2.0/24 | ...`. */
export interface Origin {
  number: string;
  network: string;
}

/** @throws LookUpFailed; undefined when nobody announces it */
export async function originOf(dns: DnsClient, address: string, zone: string): Promise<Origin | undefined> {
  const [text] = await textsOf(dns, reverseName(address, { v4: `origin.${zone}`, v6: `origin6.${zone}` }));
  const [numbers = '', network = ''] = text?.split('|').map((part) => part.trim()) ?? [];
  const [number] = numbers.split(/\s+/); // an address may be announced by several; the first is as good as any
  return number && /^\d{1,10}$/.test(number) ? { number, network } : undefined;
}

/** What somebody has registered: `mx1.mail.example.co.uk` is of `example.co.uk`. */
export const registered = (host: string): string => getDomain(host) ?? host;
