/** What the domain's own name servers say, one by one. */
import type { AuthorityAnswer } from '../dns/name-servers';
import type { MxRecord } from '../dns/records';
import { ourHostOf, primaryOf, type Facts } from '../facts';
import { find, type Finding } from '../report';
import { duration, list, quote } from '../words';
import { groupedBy } from '../grouped-by';
import { mxLine } from './publish';

/** A move is planned within a day; what is remembered for longer cannot be changed in time. */
const tooLongSeconds = 86_400;
const tooShortSeconds = 60;

export function nameServers(facts: Facts): Finding[] {
  return [...answering(facts), ...agreeing(facts), ...lifetimes(facts)];
}

const named = ({ name, address }: AuthorityAnswer): string => (address ? `${name} (${address})` : name);

function answering({ authority }: Facts): Finding[] {
  if (!authority.isKnown) return [find('authorities-answer', 'unknown', authority.because)];
  const { names, servers } = authority.value;
  if (servers.length === 0)
    return [find('authorities-answer', 'unknown', 'No name server of the domain was found')];
  const lame = servers.flatMap((server) =>
    server.answer.isKnown && server.answer.value.kind === 'lame'
      ? [`${named(server)}: ${server.answer.value.says}`]
      : [],
  );
  const silent = servers.filter(({ answer }) => !answer.isKnown);
  const found = [
    ...(lame.length > 0
      ? [
          find(
            'authorities-answer',
            'warning',
            `Not every name server knows the domain: ${list(lame.map(quote))}`,
            'Set the zone up there, or remove the server from the NS records and at the registrar.',
          ),
        ]
      : []),
    ...(silent.length > 0
      ? [find('authorities-answer', 'unknown', `${list(silent.map(named))} did not answer us`)]
      : []),
  ];
  if (found.length > 0) return found;
  if (names.length === 1)
    return [
      find(
        'authorities-answer',
        'note',
        `The domain has one name server (${names[0]})`,
        'Two in different networks are the rule (RFC 1034 section 4.1).',
      ),
    ];
  return [find('authorities-answer', 'ok', `All ${names.length} name servers answer`)];
}

const inWords = (mx: MxRecord[]): string =>
  mx.length === 0
    ? 'no MX record'
    : list(
        mx.map(({ preference, host }) => `${preference} ${quote(host === '' ? '.' : host)}`),
        6,
      );

function agreeing({ authority }: Facts): Finding[] {
  if (!authority.isKnown) return [find('authorities-agree', 'unknown', authority.because)];
  const heard = authority.value.servers.flatMap((server) =>
    server.answer.isKnown && server.answer.value.kind === 'mx'
      ? [{ server: named(server), ...server.answer.value }]
      : [],
  );
  if (heard.length === 0) return [find('authorities-agree', 'unknown', 'No name server told its MX records')];
  const versions = groupedBy(heard, ({ mx }) => inWords(mx));
  if (versions.size > 1) {
    const told = [...versions].map(([words, who]) => `${list(who.map(({ server }) => server))} say ${words}`);
    return [
      find(
        'authorities-agree',
        'warning',
        `The name servers do not agree: ${told.join('; ')}`,
        'Have the secondaries transfer the zone again, and raise its serial.',
      ),
    ];
  }
  const serials = [...new Set(heard.flatMap(({ serial }) => serial ?? []))];
  if (serials.length > 1)
    return [
      find(
        'authorities-agree',
        'note',
        `The name servers have the zone in different versions (serials ${list(serials.map(String))})`,
        'If that lasts for hours, a transfer fails.',
      ),
    ];
  return [find('authorities-agree', 'ok', 'The name servers agree about the MX records')];
}

/** As the name servers say; what a resolver gives is already partly used up. */
function lifetimes(facts: Facts): Finding[] {
  const { authority, mx, domain } = facts;
  const direct = authority.isKnown
    ? authority.value.servers.flatMap(({ answer }) =>
        answer.isKnown && answer.value.kind === 'mx' ? answer.value.mx : [],
      )
    : [];
  const records = direct.length > 0 ? direct : mx.isKnown ? mx.value.records : [];
  const ttls = records.map(({ ttlSeconds }) => ttlSeconds);
  if (ttls.length === 0) return [];
  const longest = Math.max(...ttls);
  const shortest = Math.min(...ttls);
  const found: Finding[] = [];
  const lines = mx.isKnown
    ? mx.value.records.map(({ preference, host }) => mxLine(domain, preference, host))
    : [];
  if (longest > tooLongSeconds)
    found.push(
      find(
        'ttl',
        'warning',
        `The MX records may be remembered for ${duration(longest)}: a change takes that long`,
        'An hour is usual.',
        lines,
      ),
    );
  else if (direct.length > 0 && shortest < tooShortSeconds)
    found.push(
      find(
        'ttl',
        'note',
        `The MX records are forgotten after ${duration(shortest)}: when your name servers fail, mail stops at once`,
        'An hour is usual.',
        lines,
      ),
    );
  if (direct.length > 0 && longest !== shortest)
    found.push(
      find(
        'ttl',
        'note',
        `The MX records are remembered for different times (${duration(shortest)} and ${duration(longest)})`,
        'Give all of them the same (RFC 2181 section 5.2).',
        lines,
      ),
    );
  const host = addressLifetime(facts);
  if (host) found.push(host);
  return found.length > 0
    ? found
    : [find('ttl', 'ok', `The MX records are remembered for ${duration(longest)}`)];
}

function addressLifetime(facts: Facts): Finding | undefined {
  const primary = primaryOf(facts);
  const ttlOf = (host: ReturnType<typeof primaryOf>): number =>
    host?.addresses.isKnown
      ? Math.max(0, ...host.addresses.value.addresses.map(({ ttlSeconds }) => ttlSeconds))
      : 0;
  const [theirs, ours] = [ttlOf(primary), ttlOf(ourHostOf(facts))];
  if (!primary || theirs <= tooLongSeconds) return undefined;
  return find(
    'ttl',
    'note',
    `The address of ${primary.host} may be remembered for ${duration(theirs)}${ours > 0 ? `, ours for ${duration(ours)}` : ''}: after a move senders look for it at the old place`,
    'An hour is usual.',
  );
}
