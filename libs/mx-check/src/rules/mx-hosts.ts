/** The hosts behind the MX records: whether they can be found at all, and whether all of them still belong there. */
import { asciiDomain, isPrivateAddress, judgeReply } from '@holdfast/mail';
import { hostsOf, isWayOutOpen, type Facts, type HostFacts } from '../facts';
import { find, type Finding } from '../report';
import { list, quote } from '../words';
import { mxLine } from './publish';

export function mxHosts(facts: Facts): Finding[] {
  const named = [...facts.hosts.values()].filter(
    ({ preference, host }) => preference !== undefined && host !== '',
  );
  const found = named.flatMap((host) => resolution(host, facts));
  const reached = named.filter(({ addresses }) => addresses.isKnown && addresses.value.addresses.length > 0);
  const isGood = named.length > 0 && found.length === 0;
  return [
    ...found,
    ...(isGood
      ? [find('mx-resolves', 'ok', `${list(reached.map(({ host }) => host))} can be found in DNS`)]
      : []),
    ...hostsOf(facts, 'other').flatMap((host) => staleness(host, facts)),
  ];
}

function resolution(
  { host, preference = 0, addresses }: HostFacts,
  { domain, mayBePrivate }: Facts,
): Finding[] {
  const name = quote(host);
  const replace = [mxLine(domain, preference, `mail.${domain}`)];
  if (/^[\d.]+$/.test(host) || host.includes(':'))
    return [
      find(
        'mx-address',
        'blocking',
        `The MX ${name} is an address`,
        'Name the host instead, and give that name the address.',
        replace,
      ),
    ];
  if (asciiDomain(host) === undefined)
    return [find('mx-resolves', 'blocking', `The MX "${name}" is no host name`, 'Name the host.', replace)];
  if (!addresses.isKnown) return [find('mx-resolves', 'unknown', addresses.because)];
  const { addresses: all, isNoName, aliases } = addresses.value;
  const found: Finding[] = [];
  if (aliases.length > 0)
    found.push(
      find(
        'mx-alias',
        'blocking',
        `The MX ${name} is an alias (CNAME) of ${quote(aliases.at(-1) ?? '')}`,
        'Name the host itself.',
        [mxLine(domain, preference, aliases.at(-1) ?? '')],
      ),
    );
  if (all.length === 0)
    found.push(
      find(
        'mx-resolves',
        'blocking',
        isNoName
          ? `The MX ${name} does not exist in DNS`
          : `The MX ${name} has neither an A nor an AAAA record`,
        'Give it an address, or take it out of the list.',
        [],
      ),
    );
  const inside = mayBePrivate ? [] : all.filter(({ address }) => isPrivateAddress(address));
  if (inside.length > 0)
    found.push(
      find(
        'mx-private',
        'warning',
        `The MX ${name} has ${inside.length === all.length ? 'only' : 'also'} an address that the Internet cannot reach (${list(inside.map(({ address }) => address))})`,
        'Publish its public address and no other.',
      ),
    );
  return found;
}

function staleness(host: HostFacts, facts: Facts): Finding[] {
  const { visit, isRefused, addresses } = host;
  if (!addresses.isKnown || addresses.value.addresses.length === 0) return [];
  const advice =
    'If it is a server of the past, remove its record. If it is yours, set it up for the domain.';
  if (!visit.isKnown) {
    if (isRefused)
      return [find('mx-stale', 'warning', `${host.host} is not there: ${visit.because}`, advice)];
    // Where others answer us, our way out is open, and a silence is the host's own.
    const isSilent = isWayOutOpen(facts) && /in time/.test(visit.because);
    return [
      find(
        'mx-stale',
        isSilent ? 'warning' : 'unknown',
        `${host.host}: ${visit.because}`,
        isSilent ? advice : '',
      ),
    ];
  }
  const { greeting, replies } = visit.value;
  if (greeting.code !== 220)
    return [find('mx-stale', 'warning', `${host.host} greets with ${greeting.text}`, advice)];
  const said = replies.postmaster;
  if (!said?.isKnown)
    return [find('mx-stale', 'unknown', `${host.host} did not say whether it knows the domain`)];
  if (judgeReply(said.value.text).rule === 'relay-denied')
    return [find('mx-stale', 'warning', `${host.host} does not know the domain: ${said.value.text}`, advice)];
  return [find('mx-stale', 'ok', `${host.host} answers and does not refuse the domain`)];
}
