/** The primary, as we would meet it on the day after an outage. */
import { isWayOutOpen, primaryOf, type Facts, type HostFacts } from '../facts';
import { redundantProvider } from '../providers';
import { find, type Finding } from '../report';
import type { Visit } from '../servers/visit';
import { list, quote, size } from '../words';
import { primaryAnswers } from './primary-answers';

const soonDays = 14;

export function primaryRules(facts: Facts): Finding[] {
  const primary = primaryOf(facts);
  if (!primary) return [];
  const found = [...provider(primary), ...listed(facts)];
  const { visit, host } = primary;
  if (!visit.isKnown) {
    const { addresses } = primary;
    if (addresses.isKnown && addresses.value.addresses.length === 0) return found; // told of with the MX records
    const isSilent = primary.isRefused || (isWayOutOpen(facts) && /in time/.test(visit.because));
    return [
      ...found,
      find(
        'primary-answers',
        isSilent ? 'warning' : 'unknown',
        `${host} does not answer: ${visit.because}`,
        isSilent
          ? 'If it is down, mail comes to us and waits. If it is up, its firewall must let us in: what we hold is delivered from our address.'
          : '',
      ),
    ];
  }
  const { greeting, name, address } = visit.value;
  if (greeting.code !== 220)
    return [
      ...found,
      find(
        'primary-answers',
        'warning',
        `${host} greets us with ${greeting.text}`,
        'Let us in: what we hold is delivered from our address.',
      ),
    ];
  return [
    ...found,
    find('primary-answers', 'ok', `${host} (${address}) answers as ${quote(name)}`),
    ...encryption(host, visit.value),
    ...naming(primary, visit.value),
    ...sizes(facts, host, visit.value),
    ...primaryAnswers(facts, host, visit.value),
  ];
}

function provider({ host }: HostFacts): Finding[] {
  const name = redundantProvider(host);
  if (!name) return [];
  return [
    find(
      'redundant-provider',
      'note',
      `The primary is at ${name}, which is many machines in many places`,
      `Honestly: a backup MX brings little here, because ${name} hardly ever fails as a whole. What it still brings: mail is held when the account is locked or unpaid, when the domain is set up wrongly there, or during a move; and you are told when it is.`,
    ),
  ];
}

/** Whom we deliver to, and whom the world delivers to, are mostly the same, and need not be. */
function listed(facts: Facts): Finding[] {
  if (facts.primaries.length === 0) return [];
  const mx = [...facts.hosts.values()].filter(({ preference }) => preference !== undefined);
  const addresses = mx.flatMap(({ addresses }) => (addresses.isKnown ? addresses.value.addresses : []));
  const isListed = (host: string): boolean =>
    mx.some((one) => one.host === host) || addresses.some(({ address }) => address === host);
  const hidden = facts.primaries.filter(({ host }) => !isListed(host)).map(({ host }) => host);
  if (hidden.length === 0)
    return [find('primary-listed', 'ok', 'We deliver to a server that the MX records name')];
  return [
    find(
      'primary-listed',
      'note',
      `We deliver to ${list(hidden.map(quote))}, which no MX record names`,
      'That is right where a filter stands before your server; otherwise correct the primary here, or the MX record.',
    ),
  ];
}

function encryption(host: string, { tls }: Visit): Finding[] {
  if (!tls)
    return [
      find(
        'primary-starttls',
        'warning',
        `${host} does not offer STARTTLS`,
        'Switch it on, with a certificate for this name.',
      ),
    ];
  if (!tls.isKnown)
    return [
      find('primary-starttls', 'unknown', `${host} offers STARTTLS; it was not heard out: ${tls.because}`),
    ];
  if ('fails' in tls.value)
    return [
      find(
        'primary-starttls',
        'warning',
        `${host} offers STARTTLS, and it fails: ${tls.value.fails}`,
        'Mend it: some senders then deliver nothing at all.',
      ),
    ];
  const { names, isForHost, problem, validTo } = tls.value;
  const found = [find('primary-starttls', 'ok', `${host} encrypts`)];
  const days = Math.floor((validTo.getTime() - Date.now()) / 86_400_000);
  const until = validTo.toISOString().slice(0, 10);
  if (days < 0)
    return [
      ...found,
      find('primary-certificate', 'warning', `The certificate expired on ${until}`, 'Renew it.'),
    ];
  if (!isForHost)
    return [
      ...found,
      find(
        'primary-certificate',
        'warning',
        `The certificate is for ${list(names)}, not for ${host}`,
        `Get one that names ${host}.`,
      ),
    ];
  if (problem !== undefined)
    return [
      ...found,
      find(
        'primary-certificate',
        'note',
        `The certificate cannot be verified (${problem})`,
        'Senders without a policy take it all the same; one from a public authority is taken by all.',
      ),
    ];
  if (days < soonDays)
    return [
      ...found,
      find(
        'primary-certificate',
        'warning',
        `The certificate expires in ${days} days, on ${until}`,
        'Renew it, and see why that did not happen by itself.',
      ),
    ];
  return [
    ...found,
    find('primary-certificate', 'ok', `The certificate is for ${host} and valid until ${until}`),
  ];
}

function naming({ host, reverse }: HostFacts, { address, name }: Visit): Finding[] {
  if (!reverse.isKnown) return [find('primary-name', 'unknown', reverse.because)];
  const { names, isConfirmed } = reverse.value;
  const greeted = name.toLowerCase().replace(/\.$/, '');
  if (names.length === 0)
    return [
      find(
        'primary-name',
        'note',
        `${address} has no name in reverse DNS (PTR)`,
        `Have whoever gave you the address point it to ${host}.`,
      ),
    ];
  if (!isConfirmed)
    return [
      find(
        'primary-name',
        'note',
        `${address} is called ${list(names.map(quote))}, and that name does not lead back to it`,
        'Give that name this address.',
      ),
    ];
  if (!names.includes(greeted))
    return [
      find(
        'primary-name',
        'note',
        `The server greets as ${quote(name)}; its address is called ${list(names.map(quote))}`,
        'Let it greet by the name of its address.',
      ),
    ];
  return [find('primary-name', 'ok', `Greeting, address and name confirm each other (${quote(greeted)})`)];
}

function sizes({ maxMessageBytes }: Facts, host: string, { maxBytes }: Visit): Finding[] {
  if (maxBytes === undefined || maxBytes >= maxMessageBytes)
    return [
      find(
        'primary-size',
        'ok',
        maxBytes === undefined
          ? `${host} announces no limit of size`
          : `${host} takes messages of ${size(maxBytes)}`,
      ),
    ];
  return [
    find(
      'primary-size',
      'warning',
      `${host} takes messages of ${size(maxBytes)} at most, we take ${size(maxMessageBytes)}`,
      `Raise the limit of your server, or lower ours for this domain to ${maxBytes} bytes: then senders hear it at once.`,
    ),
  ];
}
