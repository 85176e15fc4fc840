/**
 * What the DNS server knows, as plain data, and the pure question "what does it say about this name?" (RFC 1034
 * section 4.3.2, without delegation): a wrong name is NXDOMAIN, a right name without that type is NODATA, and the two
 * must not be mixed up, because senders and our own checks conclude very different things from them.
 */
import type { Answer, RecordType } from 'dns-packet';

/** The records of one name, written as they stand in a zone file. Names need no final dot. */
export interface NameRecords {
  A?: string[];
  AAAA?: string[];
  CAA?: string[];
  CNAME?: string[];
  /** `'257 3 13 <base64>'`. Nothing is signed with it: that a zone has a key is all it tells. */
  DNSKEY?: string[];
  /** `'12345 13 2 <hex>'`, at the name of the signed zone, as its parent has it. */
  DS?: string[];
  /** `'10 mail.example.test'`; `'0 .'` is the null MX of RFC 7505. */
  MX?: string[];
  NS?: string[];
  PTR?: string[];
  /** `'ns.example.test hostmaster.example.test 1 3600 600 86400 60'`; a name with a SOA is the apex of a zone. */
  SOA?: string[];
  /** `'0 0 5060 sip.example.test'`: priority, weight, port, target. */
  SRV?: string[];
  /** `'3 1 1 <hex>'` */
  TLSA?: string[];
  /** Longer texts are cut into strings of 255 bytes, as a zone file would. */
  TXT?: string[];
  /** How long all of these may be remembered; short where nobody says. */
  ttlSeconds?: number;
}

/** name -> records. A name `*.example.test` answers for every name below example.test that is not listed itself. */
export type ZoneData = Record<string, NameRecords>;

export type Rcode = 'NOERROR' | 'FORMERR' | 'SERVFAIL' | 'NXDOMAIN' | 'NOTIMP' | 'REFUSED';

export interface Finding {
  rcode: Rcode;
  answers: Answer[];
  authorities: Answer[];
}

const usualTtlSeconds = 5; // short: demo and specs change records while resolvers watch
const longestCnameChain = 8; // a loop in the data ends in SERVFAIL, not in an endless walk

/** Lower case, no final dot: the form in which names are compared (RFC 4343). */
export const plainName = (name: string): string => name.toLowerCase().replace(/\.$/, '');

/** The whole set of records of a server; every change is in force with the next question. */
export class Zones {
  readonly #names = new Map<string, NameRecords>();

  constructor(data: ZoneData = {}) {
    for (const [name, records] of Object.entries(data)) this.set(name, records);
  }

  set(name: string, records: NameRecords): void {
    this.#names.set(plainName(name), records);
  }

  remove(name: string): void {
    this.#names.delete(plainName(name));
  }

  /** Everything that is to be said about one question. `askedName` keeps its letters: resolvers check them (0x20). */
  find(askedName: string, type: RecordType): Finding {
    const answers: Answer[] = [];
    let owner = askedName;
    for (let step = 0; step < longestCnameChain; step += 1) {
      const records = this.#recordsOf(plainName(owner));
      if (!records) return { rcode: 'NXDOMAIN', answers, authorities: [this.#startOfAuthority(owner)] };
      const found = toAnswers(owner, type, records);
      const alias = type === 'CNAME' ? undefined : records.CNAME?.[0];
      if (found.length > 0 || alias === undefined) {
        answers.push(...found);
        const isNoData = found.length === 0;
        return { rcode: 'NOERROR', answers, authorities: isNoData ? [this.#startOfAuthority(owner)] : [] };
      }
      answers.push(...toAnswers(owner, 'CNAME', records));
      owner = plainName(alias);
    }
    return { rcode: 'SERVFAIL', answers: [], authorities: [] };
  }

  #recordsOf(name: string): NameRecords | undefined {
    const own = this.#names.get(name);
    if (own) return own;
    // A name that only has names below it exists, without records (an empty non-terminal, RFC 8020).
    const ending = `.${name}`;
    for (const known of this.#names.keys()) if (known.endsWith(ending) && known !== `*${ending}`) return {};
    for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
      const wildcard = this.#names.get(`*${name.slice(dot)}`);
      if (wildcard) return wildcard;
    }
    return undefined;
  }

  /** The SOA that negative answers carry, so that resolvers know how long to remember them (RFC 2308). */
  #startOfAuthority(name: string): Answer {
    for (
      let apex = plainName(name);
      apex;
      apex = apex.includes('.') ? apex.slice(apex.indexOf('.') + 1) : ''
    ) {
      const written = this.#names.get(apex);
      const [answer] = written ? toAnswers(apex, 'SOA', written) : [];
      if (answer) return answer;
    }
    return {
      type: 'SOA',
      name: '.',
      ttl: usualTtlSeconds,
      data: {
        mname: 'ns.invalid',
        rname: 'nobody.invalid',
        serial: 1,
        refresh: 60,
        retry: 60,
        expire: 60,
        minimum: 1,
      },
    };
  }
}

/** The records of one type as dns-packet wants them. A type that is not among NameRecords has no answers here. */
export function toAnswers(name: string, type: RecordType, records: NameRecords): Answer[] {
  const about = { name, ttl: records.ttlSeconds ?? usualTtlSeconds, class: 'IN' as const };
  switch (type) {
    case 'A':
    case 'AAAA':
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return (records[type] ?? []).map((data) => ({ ...about, type, data }));
    case 'TXT':
      return (records.TXT ?? []).map((text) => ({ ...about, type, data: inStringsOf255(text) }));
    case 'MX':
      return (records.MX ?? []).map((line) => {
        const [preference = '0', exchange = '.'] = words(line);
        return { ...about, type, data: { preference: Number(preference), exchange } };
      });
    case 'DNSKEY':
      return (records.DNSKEY ?? []).map((line) => {
        const [flags, , algorithm, key = ''] = words(line);
        const data = { flags: Number(flags), algorithm: Number(algorithm), key: Buffer.from(key, 'base64') };
        return { ...about, type, data };
      });
    case 'DS':
      return (records.DS ?? []).map((line) => {
        const [keyTag, algorithm, digestType, hex = ''] = words(line);
        const numbers = {
          keyTag: Number(keyTag),
          algorithm: Number(algorithm),
          digestType: Number(digestType),
        };
        return { ...about, type, data: { ...numbers, digest: Buffer.from(hex, 'hex') } };
      });
    case 'SOA':
      return (records.SOA ?? []).map((line) => {
        const [mname = '.', rname = '.', ...numbers] = words(line);
        const [serial, refresh, retry, expire, minimum] = numbers.map(Number);
        return { ...about, type, data: { mname, rname, serial, refresh, retry, expire, minimum } };
      });
    case 'SRV':
      return (records.SRV ?? []).map((line) => {
        const [priority, weight, port, target = '.'] = words(line);
        const data = { priority: Number(priority), weight: Number(weight), port: Number(port), target };
        return { ...about, type, data };
      });
    case 'TLSA':
      return (records.TLSA ?? []).map((line) => {
        const [usage, selector, matchingType, hex = ''] = words(line);
        return {
          ...about,
          type,
          data: {
            usage: Number(usage),
            selector: Number(selector),
            matchingType: Number(matchingType),
            certificate: Buffer.from(hex, 'hex'),
          },
        };
      });
    case 'CAA':
      return (records.CAA ?? []).map((line) => {
        const [flags, tag, value = ''] = words(line);
        return {
          ...about,
          type,
          data: {
            flags: Number(flags),
            tag: tag as 'issue' | 'issuewild' | 'iodef',
            value: value.replace(/"/g, ''),
          },
        };
      });
    default:
      return [];
  }
}

const words = (line: string): string[] => line.trim().split(/\s+/);

function inStringsOf255(text: string): Buffer[] {
  const bytes = Buffer.from(text, 'utf8');
  const strings: Buffer[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += 255) strings.push(bytes.subarray(at, at + 255));
  return strings;
}
