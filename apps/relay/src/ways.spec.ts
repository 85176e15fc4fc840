import { X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSecureContext } from 'node:tls';
import { LookUp, NextHopFinder, RememberedAnswers, SecretBox, type Primary } from '@holdfast/directory';
import { throwAwayDatabase, type ThrowAwayDatabase } from '@holdfast/database/testing';
import { startFakeDns, type FakeDns } from '@holdfast/fake-dns';
import {
  authority,
  selfSigned,
  startFakePrimary,
  type FakePrimary,
  type FakePrimaryOptions,
} from '@holdfast/fake-primary';
import { openPool } from '@holdfast/queue';
import type pg from 'pg';
import { SecureResolver } from './dnssec';
import { Logins } from './logins';
import { StsPolicies } from './mta-sts';
import type { SmtpConversation } from './smtp-conversation';
import { usualSettings } from './testing/talk';
import { pinOf } from './tls-demand';
import { TlsPlans } from './tls-plan';
import { TlsResults } from './tls-results';
import { Ways } from './ways';

const root = authority();
const trusted = root.issue('mx.secure.test');
const box = new SecretBox('a key of a file, long enough to be one');

let database: ThrowAwayDatabase;
let owner: pg.Pool;
let pool: pg.Pool;
let dns: FakeDns;
let policyHost: Server;
let policyText = '';
let policyType = 'text/plain';
let tenantId: string;
let domainId: string;
let ways: Ways;
let primary: FakePrimary | undefined;
let conversation: SmtpConversation | undefined;

beforeAll(async () => {
  database = await throwAwayDatabase();
  owner = openPool({ url: database.url, program: 'spec' });
  pool = openPool({ url: database.urlAs('relay'), program: 'spec' });
  tenantId = (await owner.query(`insert into tenants (name) values ('t') returning id`)).rows[0].id;
  domainId = (
    await owner.query(`insert into domains (tenant_id, name) values ($1, 'secure.test') returning id`, [
      tenantId,
    ])
  ).rows[0].id;
  policyHost = createServer(root.issue('mta-sts.secure.test'), (_request, response) =>
    response.setHeader('content-type', policyType).end(policyText),
  );
  await new Promise<void>((resolve) => policyHost.listen(0, '127.0.0.1', resolve));
});

beforeEach(async () => {
  dns = await startFakeDns({
    isSecure: ['secure.test'],
    zones: {
      'secure.test': { MX: ['10 mx.secure.test'] },
      'mx.secure.test': { A: ['127.0.0.1'] },
      'mta-sts.secure.test': { A: ['127.0.0.1'] },
      '_mta-sts.secure.test': { TXT: ['v=STSv1; id=1;'] },
      'mx.plain.test': { A: ['127.0.0.1'] },
    },
  });
  await owner.query('truncate tls_results, mta_sts_policies, known_answers');
  ways = openWays();
});

afterEach(async () => {
  conversation?.close();
  conversation = undefined;
  await ways.end();
  await primary?.close();
  await dns.close();
});

afterAll(async () => {
  policyHost?.closeAllConnections();
  policyHost?.close();
  await pool?.end();
  await owner?.end();
  await database?.drop();
});

function openWays(resolver: string | null = null): Ways {
  const finder = new NextHopFinder({
    dnsServers: [dns.server],
    allowPrivate: true,
    ownPort: 1,
    ownNames: ['mx.holdfast.test'],
    memory: new RememberedAnswers(pool),
  });
  const policies = new StsPolicies({
    db: pool,
    lookUp: new LookUp([dns.server]),
    finder,
    authorities: [root.cert],
    port: (policyHost.address() as AddressInfo).port,
  });
  return new Ways({
    finder,
    plans: new TlsPlans(SecureResolver.from(resolver, [dns.server]), policies),
    logins: new Logins(pool, box),
    results: new TlsResults(pool),
    settings: { ...usualSettings, secureContext: createSecureContext({ ca: root.cert }) },
  });
}

const withPrimary = async (options: FakePrimaryOptions = {}): Promise<FakePrimary> =>
  (primary = await startFakePrimary(options));
const to = (host: string, more: Partial<Primary> = {}): Primary => ({
  host,
  port: primary?.port ?? 25,
  tlsPolicy: 'opportunistic',
  preference: 10,
  ...more,
});
const open = async (primaries: Primary[]): Promise<SmtpConversation> => {
  conversation = await ways.open(primaries, [domainId]);
  ways.countFor(domainId, conversation);
  return conversation;
};
const counted = async (): Promise<Record<string, number>> => {
  await ways.end();
  const { rows } = await owner.query('select policy, result, count::int from tls_results order by 1, 2');
  return Object.fromEntries(rows.map(({ policy, result, count }) => [`${policy} ${result}`, count]));
};

describe('several primaries', () => {
  it('are tried in order, and one that is down is tried last for a while', async () => {
    const { port } = await withPrimary();
    const dead = { ...to('mx.plain.test'), port: 9, preference: 5 };
    const alive = { ...to('127.0.0.1'), port };
    expect((await open([dead, alive])).hop.host).toBe('127.0.0.1');
    await expect(open([dead])).rejects.toThrow('connection refused');
    await primary?.down();
    // What is told is about the most preferred.
    await expect(open([alive, dead])).rejects.toThrow('connection refused');
  });

  it('never lead to ourselves, nor to where we must not go', async () => {
    const { port } = await withPrimary({ hostname: 'mx.holdfast.test' });
    // On this machine the port decides, and it is not ours.
    expect((await open([to('mx.plain.test', { port })])).isUsable).toBe(true);
  });
});

it('goes where DNS last said when DNS says nothing, and says so', async () => {
  await withPrimary();
  await open([to('mx.plain.test')]);
  expect(conversation?.where).toBe(`mx.plain.test:${primary?.port}`);
  // Written behind our back: the connection does not wait for it.
  for (let n = 0; n < 100; n++) {
    if ((await owner.query('select from known_answers')).rowCount) break;
    await pool.query('select 1');
  }
  dns.remove('mx.plain.test');
  expect((await open([to('mx.plain.test')])).where).toMatch(
    /^mx\.plain\.test:\d+ \(last known address 127\.0\.0\.1, of \d{4}-\d\d-\d\dT\d\d:\d\dZ\)$/,
  );
  await owner.query(`update known_answers set seen_at = now() - interval '8 days'`);
  await expect(open([to('mx.plain.test')])).rejects.toThrow('mx.plain.test has no address in DNS');
});

describe('opportunistic', () => {
  it('goes on in the clear where TLS is broken, and counts it', async () => {
    await withPrimary({ tls: trusted, isTlsBroken: true });
    expect((await open([to('mx.secure.test')])).encryption).toBeUndefined();
    expect(await counted()).toEqual({ 'opportunistic validation-failure': 1 });
  });

  it('counts what worked', async () => {
    await withPrimary({ tls: selfSigned('x.test') });
    await open([to('mx.secure.test')]);
    await open([to('mx.secure.test')]);
    expect(await counted()).toEqual({ 'opportunistic successful': 2 });
  });
});

describe('DANE', () => {
  const publish = (cert: string): void =>
    dns.set(`_${primary?.port}._tcp.mx.secure.test`, { TLSA: [`3 1 1 ${pinOf(new X509Certificate(cert))}`] });
  const byDane: Partial<Primary> = { tlsPolicy: 'dane' };

  it('goes to the server with the certificate that DNS names, by name or by MX', async () => {
    const tls = selfSigned('whatever.test');
    await withPrimary({ tls });
    publish(tls.cert);
    expect((await open([to('mx.secure.test', byDane)])).where).toMatch(/\(TLSv1\.3, verified by DANE\)$/);
    expect((await open([to('secure.test', { ...byDane, byMx: true })])).encryption?.provenBy).toBe('dane');
    expect(await counted()).toEqual({ 'dane successful': 2 });
  });

  it('waits where the certificate is another, where there is no record, and where nobody vouches', async () => {
    await withPrimary({ tls: trusted });
    publish(selfSigned('another.test').cert);
    await expect(open([to('mx.secure.test', byDane)])).rejects.toThrow(/not the one in the TLSA records/);
    dns.remove(`_${primary?.port}._tcp.mx.secure.test`);
    await expect(open([to('mx.secure.test', byDane)])).rejects.toThrow(/has no TLSA record for port/);
    await expect(open([to('mx.plain.test', byDane)])).rejects.toThrow(
      'mx.plain.test is not secured by DNSSEC',
    );
    dns.misbehave('*.secure.test', 'servfail');
    dns.set('mx.secure.test', { A: ['127.0.0.1'] });
    dns.misbehave('mx.secure.test', { lie: { A: ['127.0.0.1'] } });
    await expect(open([to('mx.secure.test', byDane)])).rejects.toThrow(/the resolver says SERVFAIL about _/);
    expect(await counted()).toEqual({
      'dane dane-required': 1,
      'dane dnssec-invalid': 2,
      'dane tlsa-invalid': 1,
    });
    expect(primary?.count).toBe(0);
  });

  it('believes no resolver that is far away and was not named', async () => {
    expect(SecureResolver.from(null, ['192.0.2.53:53'])).toBeUndefined();
    expect(SecureResolver.from('192.0.2.53:53', [])).toBeDefined();
    expect(SecureResolver.from(null, ['[::1]:53'])).toBeDefined();
    expect(SecureResolver.from(null, ['::1'])).toBeDefined();
    expect(SecureResolver.from(null, [])).toBeUndefined();
  });

  it('asks over TCP what does not fit into a datagram', async () => {
    const tls = selfSigned('whatever.test');
    await withPrimary({ tls });
    publish(tls.cert);
    dns.misbehave('*.mx.secure.test', 'truncated');
    expect((await open([to('mx.secure.test', byDane)])).encryption?.provenBy).toBe('dane');
    expect(dns.asked.some(({ type, over }) => type === 'TLSA' && over === 'tcp')).toBe(true);
  });
});

describe('MTA-STS', () => {
  const bySts: Partial<Primary> = { tlsPolicy: 'mta-sts', byMx: true, policyDomain: 'secure.test' };
  const policy = (mode: string, mx: string): void =>
    void (policyText = `version: STSv1\r\nmode: ${mode}\r\nmx: ${mx}\r\nmax_age: 86400\r\n`);
  /** As the cache sees it a while later. */
  const later = async (): Promise<void> => {
    await ways.end();
    ways = openWays();
  };
  beforeEach(() => void (policyType = 'text/plain'));

  it('that is enforced wants a certificate for a server of the policy', async () => {
    policy('enforce', '*.secure.test');
    await withPrimary({ tls: trusted });
    expect((await open([to('secure.test', bySts)])).encryption?.provenBy).toBe('certificate');
    await primary?.close();
    await withPrimary({ tls: selfSigned('mx.secure.test') });
    await expect(open([to('secure.test', bySts)])).rejects.toThrow(/signed by nobody but itself/);
    await later();
    dns.set('_mta-sts.secure.test', { TXT: ['v=STSv1; id=2;'] });
    policy('enforce', 'other.test');
    await expect(open([to('secure.test', bySts)])).rejects.toThrow(
      'mx.secure.test is none of the servers in the MTA-STS policy of secure.test',
    );
    expect(await counted()).toMatchObject({ 'mta-sts validation-failure': 1 });
  });

  it('stays in force when it cannot be asked for again, also over a restart', async () => {
    policy('enforce', 'mx.secure.test');
    await withPrimary({ tls: trusted });
    await open([to('secure.test', bySts)]);
    await primary?.close();
    await withPrimary({ tls: selfSigned('mx.secure.test') });
    for (const record of [undefined, 'v=STSv1; id=3;']) {
      await later();
      policyText = 'gone';
      if (record === undefined) dns.remove('_mta-sts.secure.test');
      else dns.set('_mta-sts.secure.test', { TXT: [record] });
      await expect(open([to('secure.test', bySts)])).rejects.toThrow(/signed by nobody but itself/);
    }
  });

  it('that is tested counts what would have failed, and delivers', async () => {
    policy('testing', 'mx.secure.test');
    await withPrimary({ tls: selfSigned('mx.secure.test') });
    expect((await open([to('secure.test', bySts)])).isUsable).toBe(true);
    expect(await counted()).toEqual({ 'mta-sts certificate-not-trusted': 1 });
  });

  it.each([
    ['is no policy', 'text/plain', 'hello', 'sts-policy-invalid'],
    ['is too long', 'text/plain', 'x'.repeat(70_000), 'sts-policy-fetch-error'],
    ['is something else', 'text/html', 'version: STSv1', 'sts-policy-fetch-error'],
  ])('that %s counts as none, and is counted', async (_what, type, text, result) => {
    policyType = type;
    policyText = text;
    await withPrimary();
    expect((await open([to('secure.test', bySts)])).isUsable).toBe(true);
    expect(await counted()).toMatchObject({ [`mta-sts ${result}`]: 1 });
  });
});

it('logs in with the secret that is kept for the primary', async () => {
  const login = { user: 'relay', secret: 'secret' };
  await withPrimary({ tls: trusted, extensionsOverTls: ['AUTH PLAIN'], login });
  const id = (
    await owner.query(
      `insert into primaries (tenant_id, domain_id, host, tls_policy, login) values ($1, $2, 'mx.secure.test', 'required', 'relay') returning id`,
      [tenantId, domainId],
    )
  ).rows[0].id as string;
  const withLogin = to('mx.secure.test', { tlsPolicy: 'required', loginId: id });
  await expect(open([withLogin])).rejects.toThrow('the password for this primary is missing');
  const keep = (sealed: string) =>
    owner.query(
      `insert into primary_secrets (primary_id, tenant_id, sealed) values ($1, $2, $3)
       on conflict (primary_id) do update set sealed = excluded.sealed`,
      [id, tenantId, sealed],
    );
  await keep(box.seal('secret', 'another'));
  await expect(open([withLogin])).rejects.toThrow(/another key/);
  await keep(box.seal('secret', id));
  expect((await open([withLogin])).isUsable).toBe(true);
});

it('shows each step to who tests', async () => {
  await withPrimary({ tls: trusted, hostname: 'mx.secure.test' });
  const steps: string[] = [];
  await ways.test(
    {
      host: 'mx.secure.test',
      address: '127.0.0.1',
      port: primary?.port ?? 0,
      primary: to('mx.secure.test', { tlsPolicy: 'required' }),
    },
    (step, found) => steps.push(`${step}: ${found}`),
  );
  expect(steps).toEqual([
    expect.stringMatching(/^connect: connected to 127\.0\.0\.1, port/),
    'greeting: 220 mx.secure.test ESMTP ready',
    'EHLO: mx.secure.test',
    expect.stringMatching(
      /^STARTTLS: TLSv1\.3, .*; certificate for mx\.secure\.test, until \d{4}.*; proven by its certificate$/,
    ),
  ]);
});
