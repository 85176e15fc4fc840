/** Asks everything that there is to ask about a domain, all at once as far as one answer does not need another. */
import { randomBytes } from 'node:crypto';
import { asciiDomain } from '@holdfast/mail';
import { DnsClient, LookUpFailed } from './dns/dns-client';
import { askAuthorities, findZone } from './dns/name-servers';
import { originOf } from './dns/origin';
import { addressesOf, mxRecords, plainName, reverseName, textsOf, type MxRecord } from './dns/records';
import type { DnssecState, Facts, HostFacts, MxFacts, Role } from './facts';
import { andThen, attempt, CouldNotCheck, known, unknown, type Known } from './known';
import { findTlsa } from './policies/dane';
import { findMtaSts } from './policies/mta-sts';
import { Refused } from './servers/dial';
import { visit, type Inquiry, type Visit } from './servers/visit';
import type { Rules } from './settings';

/** A stranger's zone may name hundreds of hosts. */
const mostMx = 10;
/** Reserved for examples (RFC 2606): nobody has a mailbox there. */
const foreignRecipient = 'open-relay-test@example.com';

export async function gather(domain: string, rules: Rules, signal: AbortSignal): Promise<Facts> {
  const dns = new DnsClient(rules.dnsServers, signal);
  const ours = rules.ours.map(plainName);
  const mx = attempt(findMx(dns, domain));
  const primaries = rules.primaries.map(({ host, port }) => ({ host: plainName(host), port }));
  const whether = spfTester(dns, rules);
  const [hosts, authority, ourNameServers, mtaSts, tlsRpt, dnssec] = await Promise.all([
    mx.then((found) => meetHosts(dns, domain, found, { ours, primaries, whether }, rules, signal)),
    attempt(askAuthorities(dns, domain, rules, signal)),
    attempt(findZone(dns, ours[0] ?? rules.hello).then(({ names }) => names)),
    attempt(findMtaSts(dns, domain, rules, signal)),
    attempt(
      textsOf(dns, `_smtp._tls.${domain}`).then((texts) =>
        texts.filter((text) => /^v=TLSRPTv1\s*;/.test(text)),
      ),
    ),
    dnssecOf(dns, domain),
  ]);
  return {
    domain,
    ours,
    mx: await mx,
    hosts,
    primaries,
    authority,
    ourNameServers,
    mtaSts,
    tlsRpt,
    dnssec,
    maxMessageBytes: rules.maxMessageBytes,
    mayBePrivate: rules.allowPrivate,
  };
}

async function findMx(dns: DnsClient, domain: string): Promise<MxFacts> {
  const found = await dns.look(domain, 'MX');
  const records = mxRecords(found);
  return {
    isNoName: found.status === 'no-name',
    isValidated: found.isValidated,
    records: records.slice(0, mostMx),
    isCut: records.length > mostMx,
  };
}

/** The sender whose domain refuses everybody, where it is published. */
async function spfTester(dns: DnsClient, { spfTestDomain }: Rules): Promise<string | undefined> {
  if (spfTestDomain === '') return undefined;
  const texts = await attempt(textsOf(dns, spfTestDomain));
  const isPublished = texts.isKnown && texts.value.some((text) => /^v=spf1\s+-all$/i.test(text.trim()));
  return isPublished ? `mx-check@${spfTestDomain}` : undefined;
}

async function dnssecOf(dns: DnsClient, domain: string): Promise<Known<DnssecState>> {
  try {
    const { isValidated } = await dns.look(domain, 'MX');
    if (isValidated) return known('validated');
    const { zone } = await findZone(dns, domain);
    const { status } = await dns.look(zone, 'DS');
    return known(status === 'found' ? 'not-checked' : 'unsigned');
  } catch (error) {
    if (error instanceof LookUpFailed && error.kind === 'bogus') return known('bogus');
    if (error instanceof CouldNotCheck) return unknown(error.message);
    throw error;
  }
}

interface Cast {
  ours: string[];
  primaries: { host: string; port: number }[];
  /** the sender of the SPF test, once it is known whether there is one */
  whether: Promise<string | undefined>;
}

async function meetHosts(
  dns: DnsClient,
  domain: string,
  mx: Known<MxFacts>,
  cast: Cast,
  rules: Rules,
  signal: AbortSignal,
): Promise<Map<string, HostFacts>> {
  const records = mx.isKnown ? mx.value.records : [];
  const roles = rolesOf(records, cast);
  const met = await Promise.all(
    [...roles].map(async ([host, role]): Promise<HostFacts> => {
      const preference = records.find((record) => record.host === host)?.preference;
      return meetHost(dns, domain, { host, role, preference }, cast, rules, signal);
    }),
  );
  return new Map(met.map((facts) => [facts.host, facts]));
}

/** Ours first; the most preferred of the others is the primary, with those that are preferred as much, and those named by the tenant. */
function rolesOf(records: MxRecord[], { ours, primaries }: Cast): Map<string, Role> {
  const roles = new Map<string, Role>();
  const [recommended] = ours;
  if (recommended !== undefined) roles.set(recommended, 'ours');
  const theirs = records.filter(({ host }) => host !== '' && !ours.includes(host));
  for (const { host } of records) if (ours.includes(host)) roles.set(host, 'ours');
  for (const { host, preference } of theirs)
    if (!roles.has(host)) roles.set(host, preference === theirs[0]?.preference ? 'primary' : 'other');
  for (const { host } of primaries.slice(0, mostMx))
    if (!roles.has(host) || roles.get(host) === 'other') roles.set(host, 'primary');
  return roles;
}

async function meetHost(
  dns: DnsClient,
  domain: string,
  { host, role, preference }: Pick<HostFacts, 'host' | 'role' | 'preference'>,
  cast: Cast,
  rules: Rules,
  signal: AbortSignal,
): Promise<HostFacts> {
  const addresses = await attempt(findAddresses(dns, host));
  const tlsa = attempt(findTlsa(dns, host));
  const origin = andThen(addresses, ({ addresses: [first] }) =>
    first && rules.originZone !== '' && asciiDomain(host) !== undefined
      ? attempt(originOf(dns, first.address, rules.originZone))
      : Promise.resolve(unknown('nobody was asked')),
  );
  let isRefused = false;
  const seen = await andThen(addresses, async (found): Promise<Known<Visit>> => {
    const listed = found.addresses.map(({ address }) => address);
    if (listed.length === 0) return unknown(`${host} has no address`);
    const port = portOf(host, listed, role, cast, rules);
    const going = visit(
      { host, addresses: listed, port },
      await inquiries(domain, role, cast, rules),
      rules,
      signal,
    );
    return attempt(
      going.catch((error: unknown) => {
        isRefused = error instanceof Refused;
        throw error;
      }),
    );
  });
  return {
    host,
    role,
    preference,
    addresses,
    visit: seen,
    isRefused,
    tlsa: await tlsa,
    origin: await origin,
    reverse: await andThen(seen, ({ address }) => attempt(confirm(dns, address))),
  };
}

async function findAddresses(dns: DnsClient, host: string) {
  const isName = asciiDomain(host) !== undefined && !/^[\d.]+$/.test(host);
  const nobody = { addresses: [], isNoName: true, aliases: [], isValidated: false };
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(host)) {
    // A primary may be an address; an MX may not, which the rules find by the same look at its name.
    return { ...nobody, isNoName: false, addresses: [{ address: host, ttlSeconds: 0 }] };
  }
  return isName ? addressesOf(dns, host) : nobody;
}

/** Where the tenant has us deliver to this very server at another port, it is visited there. */
function portOf(host: string, addresses: string[], role: Role, { primaries }: Cast, rules: Rules): number {
  if (role === 'ours') return rules.ourPort;
  const named = primaries.find((primary) => primary.host === host || addresses.includes(primary.host));
  return named?.port ?? rules.mxPort;
}

async function inquiries(domain: string, role: Role, { whether }: Cast, rules: Rules): Promise<Inquiry[]> {
  const from = `mx-check@${rules.ours[0] ?? rules.hello}`;
  const postmaster = `postmaster@${domain}`;
  if (role !== 'primary') return [{ from, to: { postmaster } }];
  const nobody = `holdfast-${randomBytes(6).toString('hex')}@${domain}`;
  const spfSender = await whether;
  return [
    { from, to: { postmaster, abuse: `abuse@${domain}`, nobody } },
    ...(spfSender ? [{ from: spfSender, to: { spf: postmaster } }] : []),
    { from, to: { foreign: foreignRecipient } },
  ];
}

async function confirm(dns: DnsClient, address: string) {
  const { records } = await dns.look(reverseName(address), 'PTR');
  const names = records.slice(0, 4).map(({ data }) => plainName(data));
  const back = await Promise.all(names.map((name) => attempt(addressesOf(dns, name))));
  const isConfirmed = back.some(
    (one) => one.isKnown && one.value.addresses.some((own) => own.address === address),
  );
  return { names, isConfirmed };
}
