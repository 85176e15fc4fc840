import type { ZoneData } from '../fake-dns';
import { demoTenants, stranger } from './tenants';

const soa = (domain: string): string[] => [`ns.${domain} hostmaster.${domain} 1 3600 600 86400 60`];

/**
 * DNS as the demo's world has it: each tenant's primary first and the provider second, contact addresses elsewhere, a
 * sender whose SPF record covers this machine.
 * @param holdfast our MX host name, from the configuration
 */
export function demoZones(holdfast: string): ZoneData {
  const zones: ZoneData = {
    'holdfast.test': { SOA: soa('holdfast.test') },
    'mx.holdfast.test': { A: ['127.0.0.1'] },
    [holdfast]: { A: ['127.0.0.1'] },
    '1.0.0.127.in-addr.arpa': { PTR: [stranger.helo] },
    [stranger.domain]: {
      SOA: soa(stranger.domain),
      MX: [`10 ${stranger.helo}`],
      TXT: ['v=spf1 ip4:127.0.0.1 -all'],
    },
    [stranger.helo]: { A: ['127.0.0.1'], TXT: ['v=spf1 a -all'] },
    [`_dmarc.${stranger.domain}`]: { TXT: ['v=DMARC1; p=none'] },
  };
  for (const { domain, primaryHost, owner } of demoTenants) {
    zones[domain] = {
      SOA: soa(domain),
      NS: [`ns.${domain}`],
      MX: [`10 ${primaryHost}`, `20 ${holdfast}`],
      TXT: ['v=spf1 mx -all'],
      ttlSeconds: 3_600, // as a real zone would have it: `holdfast mx check` looks at that as well
    };
    zones[`ns.${domain}`] = { A: ['127.0.0.1'] };
    zones[primaryHost] = { A: ['127.0.0.1'] };
    const contact = owner.slice(owner.indexOf('@') + 1);
    zones[contact] = { SOA: soa(contact), MX: [`10 mail.${contact}`], TXT: ['v=spf1 -all'] };
    zones[`mail.${contact}`] = { A: ['127.0.0.1'] };
  }
  return zones;
}
