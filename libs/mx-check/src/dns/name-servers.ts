/**
 * What each name server of a domain says itself. Resolvers ask any of them, so one that has an old copy, or none, makes mail go
 * astray now and then: the hardest kind of failure to see from outside.
 */
import { getDomain } from 'tldts';
import { attempt, known, unknown, type Known } from '../known';
import type { Rules } from '../settings';
import { askServer, type ServerAnswer } from './ask-server';
import type { DnsClient, RecordOf } from './dns-client';
import { addressesOf, mxRecords, plainName, type MxRecord } from './records';

export interface Authority {
  /** the zone that holds the domain's records: itself or a parent */
  zone: string;
  /** names of its name servers */
  names: string[];
  servers: AuthorityAnswer[];
}

export interface AuthorityAnswer {
  name: string;
  address: string;
  answer: Known<
    | { kind: 'mx'; mx: MxRecord[]; serial: number | undefined }
    /** it answers, and does not know the zone: REFUSED, SERVFAIL, or without authority */
    | { kind: 'lame'; says: string }
  >;
}

const mostServers = 8;
const addressesPerServer = 2;
const timeoutMs = 2_000;

/** @throws LookUpFailed */
export async function askAuthorities(
  dns: DnsClient,
  domain: string,
  rules: Rules,
  signal: AbortSignal,
): Promise<Authority> {
  const { zone, names } = await findZone(dns, domain);
  const servers = await Promise.all(
    names.slice(0, mostServers).map(async (name): Promise<AuthorityAnswer[]> => {
      const addresses = await attempt(addressesOf(dns, name));
      if (!addresses.isKnown) return [{ name, address: '', answer: addresses }];
      const some = addresses.value.addresses.slice(0, addressesPerServer);
      if (some.length === 0)
        return [{ name, address: '', answer: known({ kind: 'lame', says: 'its name has no address' }) }];
      return Promise.all(
        some.map(async ({ address }) => ({
          name,
          address,
          answer: rules.dial.mayDial(address)
            ? await attempt(askDirectly(address, domain, rules, signal))
            : unknown(`${address} is a private or reserved address; we do not ask there`),
        })),
      );
    }),
  );
  return { zone, names, servers: servers.flat() };
}

/** The nearest name at or above the domain that has name servers, no higher than what can be registered. */
export async function findZone(dns: DnsClient, domain: string): Promise<{ zone: string; names: string[] }> {
  const highest = getDomain(domain) ?? domain;
  for (let zone = domain; ; zone = zone.slice(zone.indexOf('.') + 1)) {
    const { records } = await dns.look(zone, 'NS');
    const names = [...new Set(records.map(({ data }) => plainName(data)))].sort();
    if (names.length > 0 || zone === highest || !zone.includes('.')) return { zone, names };
  }
}

async function askDirectly(address: string, domain: string, rules: Rules, signal: AbortSignal) {
  const server = { address, port: rules.authorityPort };
  const asking = { flags: 0, timeoutMs, signal };
  const answer = await askServer(server, { name: domain, type: 'MX' }, asking);
  const isWrong = answer.rcode !== 'NOERROR' && answer.rcode !== 'NXDOMAIN';
  if (isWrong) return { kind: 'lame' as const, says: `it answers ${answer.rcode}` };
  if (!answer.flag_aa) return { kind: 'lame' as const, says: 'it answers without authority for the zone' };
  const soa = await attempt(askServer(server, { name: domain, type: 'SOA' }, asking));
  const records = (answer.answers ?? []).filter(({ type }) => type === 'MX') as RecordOf<'MX'>[];
  return {
    kind: 'mx' as const,
    mx: mxRecords({ records }),
    serial: soa.isKnown ? serialOf(soa.value) : undefined,
  };
}

function serialOf(packet: ServerAnswer): number | undefined {
  const soa = [...(packet.answers ?? []), ...(packet.authorities ?? [])].find((one) => one.type === 'SOA');
  return soa?.type === 'SOA' ? soa.data.serial : undefined;
}
