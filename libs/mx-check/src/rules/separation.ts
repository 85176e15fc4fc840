/** Whether what stops the primary also stops us. */
import ipaddr from 'ipaddr.js';
import { registered } from '../dns/origin';
import { ourHostOf, primaryOf, type Facts, type HostFacts } from '../facts';
import { find, type Finding } from '../report';
import { list } from '../words';

const addressesIn = ({ addresses }: HostFacts): string[] =>
  addresses.isKnown ? addresses.value.addresses.map(({ address }) => address) : [];

export function separation(facts: Facts): Finding[] {
  const primary = primaryOf(facts);
  const us = ourHostOf(facts);
  if (!primary || !us) return [];
  return [...places(primary, us), ...systems(primary, us), ...nameServers(facts), ...companies(primary, us)];
}

function places(primary: HostFacts, us: HostFacts): Finding[] {
  const [theirs, ours] = [addressesIn(primary), addressesIn(us)];
  if (theirs.length === 0 || ours.length === 0) return [];
  const advice = 'A backup belongs elsewhere: ask your provider for a node in another place.';
  const same = theirs.filter((address) => ours.includes(address));
  if (same.length > 0) {
    const isLoopback = same.every((address) => ipaddr.process(address).range() === 'loopback');
    return isLoopback
      ? [find('separate-address', 'note', 'The primary and we are both on this very machine, as in the demo')]
      : [
          find(
            'separate-address',
            'warning',
            `The primary and we have the same address (${list(same)})`,
            advice,
          ),
        ];
  }
  const found = [find('separate-address', 'ok', 'The primary and we have different addresses')];
  const near = theirs.filter((address) => ours.some((own) => networkOf(own) === networkOf(address)));
  if (near.length > 0)
    return [
      ...found,
      find(
        'separate-network',
        'warning',
        `${list(near)} and we are in one network (${networkOf(near[0] ?? '')})`,
        advice,
      ),
    ];
  return [...found, find('separate-network', 'ok', 'The primary and we are in different networks')];
}

/** The /24 or /48: about what one site has. */
function networkOf(address: string): string {
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4'
    ? `${ipaddr.IPv4.networkAddressFromCIDR(`${parsed.toString()}/24`).toString()}/24`
    : `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/48`).toString()}/48`;
}

function systems({ origin: theirs }: HostFacts, { origin: ours }: HostFacts): Finding[] {
  if (!theirs.isKnown || !ours.isKnown)
    return [find('separate-as', 'unknown', 'Who announces the two networks could not be looked up')];
  if (!theirs.value && !ours.value) return []; // nobody announces them, as in a network of one's own
  if (!theirs.value || !ours.value)
    return [find('separate-as', 'unknown', 'Nobody is known to announce both networks')];
  const [a, b] = [theirs.value.number, ours.value.number];
  if (a !== b)
    return [find('separate-as', 'ok', `Different operators carry the two networks (AS${a} and AS${b})`)];
  return [
    find(
      'separate-as',
      'warning',
      `One operator carries both networks (AS${a})`,
      'Ask your provider for a node in the network of another operator.',
    ),
  ];
}

function nameServers({ authority, ourNameServers }: Facts): Finding[] {
  if (!authority.isKnown || !ourNameServers.isKnown)
    return [find('separate-name-servers', 'unknown', 'The name servers of both could not be looked up')];
  const theirs = authority.value.names;
  if (theirs.length === 0 || ourNameServers.value.length === 0) return [];
  const same = theirs.filter((name) => ourNameServers.value.includes(name));
  if (same.length === 0)
    return [find('separate-name-servers', 'ok', 'Your domain and our name have different name servers')];
  const isAll = same.length === theirs.length;
  return [
    find(
      'separate-name-servers',
      'note',
      `${isAll ? 'All' : 'Some'} name servers of the domain are also those of our name (${list(same)})`,
      'Nothing to change for you; know that both names fail together with them.',
    ),
  ];
}

function companies(primary: HostFacts, us: HostFacts): Finding[] {
  const company = registered(primary.host);
  if (company !== registered(us.host))
    return [find('separate-provider', 'ok', `${company} and ${registered(us.host)} are different providers`)];
  return [
    find(
      'separate-provider',
      'note',
      `The primary and we are of one provider (${company})`,
      'Ask it what the two have in common.',
    ),
  ];
}
