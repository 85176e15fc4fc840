/**
 * A small Internet on loopback addresses, for the specs of the check: a resolver, two more name servers, mail servers of every kind
 * at addresses of their own on one port, a host with MTA-STS policies, and an authority that they are certified by. All of it real
 * sockets; nothing of the check is replaced.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttps } from 'node:https';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { startFakeDns, type FakeDns, type Misbehaviour, type ZoneData } from '@holdfast/fake-dns';
import {
  authority,
  selfSigned,
  startFakePrimary,
  type FakePrimary,
  type FakePrimaryOptions,
} from '@holdfast/fake-primary';
import type { CheckSettings } from '../settings';

export const us = 'mx.holdfast.test';
export const ourMaxBytes = 50 * 1024 * 1024;

/** One domain and what is to be found about it. */
export interface Case {
  /** what it is about */
  it: string;
  domain: string;
  zones: ZoneData;
  /** at the resolver, by name */
  misbehave?: Record<string, Misbehaviour>;
  /** at the second name server alone */
  second?: { zones?: ZoneData; misbehave?: Record<string, Misbehaviour> };
  /** what the policy host answers for it */
  policy?: Policy;
  /** validated by the resolver, as are all names below it */
  signed?: string[];
  settings?: Partial<CheckSettings>;
  /** by check: its worst severity, and what the sentence must say */
  expect: Record<string, string | [severity: string, found: RegExp]>;
  verdict: 'ok' | 'warning' | 'blocking';
}

export type Policy = { text: string } | { status: number } | { hangs: true } | { endless: true };

type Kind = keyof typeof kinds;

/** Mail servers of other people, by name: `mail.<kind>.test`. */
const kinds = {
  good: { maxBytes: 60 * 1024 * 1024 },
  plain: { tls: undefined },
  expired: {},
  soon: {},
  'wrong-name': {},
  'self-signed': {},
  'broken-tls': { isTlsBroken: true },
  greylists: {},
  'spf-refuses': {},
  small: { maxBytes: 10 * 1024 * 1024 },
  'takes-all': { recipients: undefined },
  relays: { domains: undefined, recipients: undefined },
  'not-theirs': { domains: ['elsewhere.test'] },
  blocks: {},
  busy: { greeting: '421 4.3.2 Too busy, come back later' },
  'no-postmaster': { recipients: ['nobody@nowhere.test'] },
  stranger: { hostname: 'localhost.localdomain' },
  'dane-ta': {},
} satisfies Record<string, Partial<FakePrimaryOptions>>;

export const hostOf = (kind: Kind | 'down' | 'silent'): string => `mail.${kind}.test`;

const addressOf = (n: number): string => `127.2.0.${10 + n}`;
const downAddress = '127.2.0.200';
const silentAddress = '127.2.0.201';
const policyAddress = '127.4.0.1';
const secondAddress = '127.3.0.2';
const reverse = (address: string): string => `${address.split('.').reverse().join('.')}`;

export interface World {
  dns: FakeDns;
  primaries: Record<Kind, FakePrimary>;
  ours: FakePrimary;
  settings: CheckSettings;
  /** `3 1 1 <hex>` for the certificate of the primary that is good, or of ours */
  tlsa: { good: string; ours: string; authority: string };
  /** connections to the host that says nothing, and to the policies' host */
  connections(): number;
  close(): Promise<void>;
}

export async function openWorld(
  cases: (facts: Pick<World, 'tlsa'>) => Case[],
): Promise<World & { cases: Case[] }> {
  const ca = authority();
  const closing: (() => Promise<unknown>)[] = [];
  const certificates = { good: ca.issue(hostOf('good')), ours: ca.issue(us) };
  const tlsa = {
    good: publicKeySum(certificates.good.cert),
    ours: publicKeySum(certificates.ours.cert),
    authority: `2 ${publicKeySum(ca.cert).slice(2)}`,
  };
  const all = cases({ tlsa });
  const domains = all.map(({ domain }) => domain);
  const recipients = domains.flatMap((domain) => [`postmaster@${domain}`, `abuse@${domain}`]);
  const usual = { keep: 0, domains, recipients };

  const ours = await startFakePrimary({ ...usual, host: '127.1.0.10', hostname: us, tls: certificates.ours });
  const { port } = ours;
  closing.push(() => ours.close());
  const primaries = {} as Record<Kind, FakePrimary>;
  for (const [n, [kind, own]] of Object.entries(kinds).entries()) {
    const name = hostOf(kind as Kind);
    const server = await startFakePrimary({
      ...usual,
      host: addressOf(n),
      port,
      hostname: name,
      tls: certificateFor(kind, name),
      ...own,
    });
    primaries[kind as Kind] = server;
    closing.push(() => server.close());
  }
  primaries.greylists.setRefusal(() => '451 4.7.1 Greylisted, please try again later');
  primaries['spf-refuses'].setRefusal((_recipient, mailFrom) =>
    mailFrom.endsWith(`@spf-test.${us}`) ? '550 5.7.23 SPF validation failed' : undefined,
  );
  primaries.blocks.setRefusal(
    () => '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using bl.example.test',
  );

  function certificateFor(kind: string, name: string) {
    if (kind === 'good') return certificates.good;
    if (kind === 'expired') return ca.issue(name, -3);
    if (kind === 'soon') return ca.issue(name, 5);
    if (kind === 'wrong-name') return ca.issue('mail.somebody-else.test');
    return kind === 'self-signed' ? selfSigned(name) : ca.issue(name);
  }

  const silent = new Set<Socket>();
  let connections = 0;
  const hold = (server: Server): void =>
    void server.on('connection', (socket: Socket) => {
      connections += 1;
      silent.add(socket);
      socket.on('error', () => undefined).on('close', () => silent.delete(socket));
    });
  const mute = createServer();
  const policies = new Map(
    all.flatMap(({ domain, policy }) => (policy ? [[`mta-sts.${domain}`, policy]] : [])),
  );
  const https = createHttps(
    {
      SNICallback: (name, give) =>
        give(null, createSecureContext(name.includes('bad-cert') ? ca.issue('other.test') : ca.issue(name))),
    },
    (request, response) => {
      const policy = policies.get(request.headers.host ?? '') as Policy | undefined;
      if (!policy || 'hangs' in policy) return;
      if ('status' in policy)
        return void response.writeHead(policy.status, { location: 'https://example.test/' }).end();
      response.writeHead(200, { 'content-type': 'text/plain' });
      if ('endless' in policy) return void response.end('x'.repeat(70_000));
      response.end(policy.text);
    },
  );
  for (const [server, at, on] of [
    [mute, silentAddress, port],
    [https, policyAddress, 0],
  ] as const) {
    hold(server);
    server.listen(on, at);
    await once(server, 'listening');
    closing.push(async () => {
      for (const socket of silent) socket.destroy();
      server.close();
      await once(server, 'close');
    });
  }

  const zones: ZoneData = Object.assign({}, common(), ...all.map((one) => one.zones));
  const isSecure = all.flatMap(({ signed = [] }) => signed);
  const dns = await startFakeDns({ zones, isSecure });
  const second = await startFakeDns({
    zones: Object.assign({}, zones, ...all.map((one) => one.second?.zones ?? {})),
    host: secondAddress,
    port: dns.port,
  });
  closing.push(
    () => dns.close(),
    () => second.close(),
  );
  for (const one of all) {
    for (const [name, how] of Object.entries(one.misbehave ?? {})) dns.misbehave(name, how);
    for (const [name, how] of Object.entries(one.second?.misbehave ?? {})) second.misbehave(name, how);
  }
  return {
    cases: all,
    dns,
    primaries,
    ours,
    tlsa,
    settings: {
      ours: [us],
      hello: us,
      dnsServers: [dns.server],
      allowPrivate: true,
      maxMessageBytes: ourMaxBytes,
      mxPort: port,
      ourPort: port,
      authorityPort: dns.port,
      policyPort: (https.address() as AddressInfo).port,
      ca: [ca.cert],
      originZone: 'asn.test',
    },
    connections: () => connections,
    close: async () => {
      for (const end of closing.reverse()) await end();
    },
  };
}

/** Everybody who is there for all domains. */
function common(): ZoneData {
  const zones: ZoneData = {
    'holdfast.test': { NS: ['ns.holdfast.test'] },
    'ns.holdfast.test': { A: ['127.0.0.1'] },
    [us]: { A: ['127.1.0.10'], ttlSeconds: 3_600 },
    [`spf-test.${us}`]: { TXT: ['v=spf1 -all'] },
    '10.0.1.127.origin.asn.test': { TXT: ['64500 | 127.1.0.0/24 | ZZ | test | 2026-01-01'] },
    'ns1.dns.test': { A: ['127.0.0.1'] },
    'ns2.dns.test': { A: [secondAddress] },
    [hostOf('down')]: { A: [downAddress] },
    [hostOf('silent')]: { A: [silentAddress] },
    '*.policy.test': { A: [policyAddress] },
  };
  for (const [n, kind] of Object.keys(kinds).entries()) {
    const name = hostOf(kind as Kind);
    const address = addressOf(n);
    zones[name] = { A: [address], ttlSeconds: 3_600 };
    zones[`${reverse(address)}.in-addr.arpa`] = { PTR: [name] };
    zones[`${reverse(address)}.origin.asn.test`] = {
      TXT: [`${64_510 + n} | 127.2.0.0/24 | ZZ | test | 2026-01-01`],
    };
  }
  return zones;
}

function publicKeySum(pem: string): string {
  const key = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
  return `3 1 1 ${createHash('sha256').update(key).digest('hex')}`;
}

/** The zone of a domain that is as it should be, with something in it that is not. */
export function zone(domain: string, more: ZoneData[string] = {}, others: ZoneData = {}): ZoneData {
  return {
    [domain]: {
      SOA: [`ns1.dns.test hostmaster.${domain} 7 3600 600 86400 60`],
      NS: ['ns1.dns.test', 'ns2.dns.test'],
      MX: [`10 ${hostOf('good')}`, `20 ${us}`],
      ttlSeconds: 3_600,
      ...more,
    },
    ...others,
  };
}
