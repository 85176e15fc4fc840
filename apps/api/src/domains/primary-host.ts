import { asciiDomain, isPrivateAddress } from '@holdfast/mail';
import ipaddr from 'ipaddr.js';

export interface HostRules {
  /** HOLDFAST_ALLOW_PRIVATE_PRIMARIES */
  mayBePrivate: boolean;
  /** our own MX host names: mail for them would come straight back */
  ownNames: string[];
}

/** The host in the form in which it is kept, or a sentence that says why it cannot be a primary. */
export type CheckedHost = { host: string } | { refusal: string };

/**
 * Checks what a tenant wrote as the host of a primary. Addresses are judged here; what a name resolves to is judged by the relay each
 * time it connects, because DNS may say something else tomorrow.
 */
export function checkPrimaryHost(written: string, rules: HostRules): CheckedHost {
  const bare = written.trim().replace(/^\[(.*)\]$/, '$1');
  if (ipaddr.isValid(bare)) {
    const parsed = ipaddr.parse(bare);
    // "127.1", "0x7f.0.0.1" and "2130706433" are addresses to a resolver and names to a careless reader.
    if (parsed.kind() === 'ipv4' && !ipaddr.IPv4.isValidFourPartDecimal(bare)) {
      return { refusal: 'must be written as four decimal numbers' };
    }
    if (!rules.mayBePrivate && isPrivateAddress(bare)) return { refusal: inside };
    return { host: parsed.toString() };
  }
  const name = asciiDomain(bare);
  if (name === undefined || !/(^|\.)[a-z][a-z0-9-]*$/.test(name))
    return { refusal: 'must be a host name or an address' };
  if (!rules.mayBePrivate && /(^|\.)(localhost|localdomain|local|internal)$/.test(name))
    return { refusal: inside };
  if (rules.ownNames.some((own) => name === asciiDomain(own))) {
    return { refusal: 'is this very server: the mail would go in a circle' };
  }
  return { host: name };
}

const inside = 'is in a private or reserved network';
