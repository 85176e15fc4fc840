/** The MX records by themselves: who is named, in which order. */
import type { MxRecord } from '../dns/records';
import type { Facts } from '../facts';
import { find, type Finding } from '../report';
import { meantHost } from '../spelling';
import { list, quote } from '../words';
import { groupedBy } from '../grouped-by';
import { mxLine, preferenceForUs } from './publish';

export function mxRecordRules(facts: Facts): Finding[] {
  const { domain, mx, ours } = facts;
  const [us = ''] = ours;
  if (!mx.isKnown)
    return (['mx-exists', 'mx-ours', 'mx-order'] as const).map((id) => find(id, 'unknown', mx.because));
  const { records, isNoName, isCut } = mx.value;
  const lineForUs = mxLine(domain, preferenceForUs(records.map(({ preference }) => preference)), us);
  if (records.length === 0) {
    const found = isNoName ? `${domain} does not exist in DNS` : `${domain} has no MX record`;
    const example = [mxLine(domain, 10, `mail.${domain}`), mxLine(domain, 20, us)];
    return [
      find(
        'mx-exists',
        'blocking',
        found,
        'Publish one record for your own server, by its name, and one for us.',
        example,
      ),
    ];
  }
  const real = records.filter(({ host }) => host !== '');
  const isNullOnly = real.length === 0;
  const found = [
    isNullOnly
      ? find(
          'mx-exists',
          'blocking',
          `${domain} says that it takes no mail (MX 0 .)`,
          'Replace the null MX by a record for your own server and one for us.',
          [mxLine(domain, 10, `mail.${domain}`), mxLine(domain, 20, us)],
        )
      : find(
          'mx-exists',
          isCut ? 'note' : 'ok',
          `${real.length}${isCut ? ' or more' : ''} MX record${real.length === 1 ? '' : 's'}: ${list(real.map(asWritten), 6)}`,
          isCut ? 'That is more than senders try; keep the few that matter.' : '',
        ),
  ];
  if (!isNullOnly && real.length < records.length)
    found.push(
      find(
        'mx-null',
        'blocking',
        'A null MX (".") stands beside other records',
        `Remove the record "${domain}. MX 0 .".`,
      ),
    );
  return [...found, ...spelling(facts, real, lineForUs), ...order(facts, real), ...duplicates(facts, real)];
}

const asWritten = ({ preference, host }: MxRecord): string => `${preference} ${quote(host)}`;

function spelling({ domain, ours }: Facts, records: MxRecord[], lineForUs: string): Finding[] {
  const own = records.filter(({ host }) => ours.includes(host));
  const nearly = records.flatMap((record) => {
    const meant = meantHost(record.host, ours, domain);
    return meant === undefined ? [] : [{ ...record, meant }];
  });
  const [us = ''] = ours;
  const wrong = nearly.map(({ preference, host, meant }) =>
    find(
      'mx-spelling',
      own.length > 0 ? 'warning' : 'blocking',
      host === `${meant}.${domain}`
        ? `The MX record ends in ${quote(host)}: a final dot is missing behind our name`
        : `The MX record names ${quote(host)}; our name is ${meant}`,
      own.length > 0 ? 'Remove this record; ours is there already.' : 'Replace the record by this one.',
      own.length > 0 ? [] : [mxLine(domain, preference, meant)],
    ),
  );
  if (own.length > 0)
    return [find('mx-ours', 'ok', `We are listed as ${list(own.map(asWritten))}`), ...wrong];
  const missing = find(
    'mx-ours',
    'blocking',
    `No MX record names ${us}`,
    nearly.length > 0 ? 'Correct the spelling; see there.' : 'Add this record.',
    nearly.length > 0 ? [] : [lineForUs],
  );
  return [missing, ...wrong];
}

function order({ domain, ours }: Facts, records: MxRecord[]): Finding[] {
  const own = records.filter(({ host }) => ours.includes(host));
  const others = records.filter(
    ({ host }) => !ours.includes(host) && meantHost(host, ours, domain) === undefined,
  );
  const [ourBest] = own;
  if (!ourBest) return [];
  const [best] = others;
  const better = preferenceForUs(others.map(({ preference }) => preference));
  if (!best) {
    const wanted = [mxLine(domain, 10, `mail.${domain}`), mxLine(domain, 20, ourBest.host)];
    return [
      find(
        'mx-order',
        'blocking',
        'We are the only MX: all mail comes to us all the time',
        'Name your own server first, and us behind it.',
        wanted,
      ),
    ];
  }
  const wanted = [mxLine(domain, better, ourBest.host)];
  if (ourBest.preference < best.preference)
    return [
      find(
        'mx-order',
        'blocking',
        `We are preferred (${ourBest.preference}) to ${quote(best.host)} (${best.preference})`,
        'Give us a larger number than your own server.',
        wanted,
      ),
    ];
  if (ourBest.preference === best.preference)
    return [
      find(
        'mx-order',
        'warning',
        `We are as preferred as ${quote(best.host)} (${best.preference}): senders share the mail among us`,
        'Give us a larger number than your own server.',
        wanted,
      ),
    ];
  const before = others.filter(({ preference }) => preference < ourBest.preference);
  const nearest = Math.max(...before.map(({ preference }) => preference));
  const spacing = ourBest.preference - nearest;
  return [
    find(
      'mx-order',
      'ok',
      `${quote(best.host)} (${best.preference}) comes first, we (${ourBest.preference}) behind it`,
    ),
    spacing >= 10
      ? find('mx-spacing', 'ok', `There is room of ${spacing} between the numbers`)
      : find(
          'mx-spacing',
          'note',
          `Our number (${ourBest.preference}) is only ${spacing} behind the one before it`,
          'A distance of 10 or more is the custom.',
          [mxLine(domain, Math.min(nearest + 10, 65_535), ourBest.host)],
        ),
  ];
}

function duplicates({ domain }: Facts, records: MxRecord[]): Finding[] {
  const byHost = groupedBy(records, ({ host }) => host);
  return [...byHost]
    .filter(([, same]) => same.length > 1)
    .map(([host, same]) => {
      const [first] = same;
      const numbers = [...new Set(same.map(({ preference }) => preference))];
      return find(
        'mx-duplicates',
        'note',
        `${quote(host)} is listed ${same.length} times (${list(numbers.map(String))})`,
        'One record for each host is enough: keep this one.',
        first ? [mxLine(domain, first.preference, host)] : [],
      );
    });
}
