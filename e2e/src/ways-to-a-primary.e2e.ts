import { X509Certificate, createHash } from 'node:crypto';
import { startFakeDns, type FakeDns } from '@holdfast/fake-dns';
import { authority, startFakePrimary, type FakePrimary } from '@holdfast/fake-primary';
import { numbered, send } from './sender';
import { System, until } from './system';

// A domain by MX, whose server must prove by DNSSEC who it is, and wants a login.

const domain = 'careful.test';
const host = `mx.${domain}`;
const tenant = 'Careful Press';
const root = authority();
const login = { user: 'backup', secret: 'correct horse' };
const certificate = root.issue(host);
const keyOf = (pem: string): string =>
  createHash('sha256')
    .update(new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');

let system: System;
let primary: FakePrimary;
let dns: FakeDns;

const publish = (pem: string): void =>
  dns.set(`_${primary.port}._tcp.${host}`, { TLSA: [`3 1 1 ${keyOf(pem)}`] });
const last = async (): Promise<{ state: string; lastReply: string | null; deliveryId: string }> =>
  (await system.json<{ items: never[] }>('queue', 'list', '--domain', domain, '--limit', '1'))
    .items[0] as never;

beforeAll(async () => {
  primary = await startFakePrimary({
    hostname: host,
    tls: certificate,
    extensionsOverTls: ['AUTH PLAIN'],
    login,
  });
  dns = await startFakeDns({
    isSecure: [domain],
    zones: {
      // What stands behind ourselves is never gone to.
      [domain]: { MX: [`10 ${host}`, '20 mx.holdfast.test', '30 never.test'] },
      [host]: { A: ['127.0.0.1'] },
    },
  });
  publish(certificate.cert);
  system = await System.start(
    { HOLDFAST_DNS_SERVERS: dns.server, HOLDFAST_SCANNING: 'off' },
    { password: `${login.secret}\n` },
  );
  await system.holdfast('tenant', 'add', tenant, '--contact', 'postmaster@elsewhere.example');
});

afterAll(async () => {
  await system?.stop();
  await primary?.close();
  await dns?.close();
});

it('is set up from the command line, and tried before any mail is sent', async () => {
  await system.holdfast(
    ...[
      'domain',
      'add',
      domain,
      '--tenant',
      tenant,
      '--verified',
      '--by-mx',
      String(primary.port),
      '--tls',
      'dane',
    ],
    ...['--login', login.user, '--password-file', `${system.dataDir}/password`],
  );
  const { stdout } = await system.holdfast('domain', 'test', domain);
  expect(stdout).toMatch(/look-up +yes +mx\.careful\.test 127\.0\.0\.1/);
  expect(stdout).toMatch(/STARTTLS +yes +TLSv1\.3.*proven by its TLSA record/);
  expect(stdout).toMatch(/AUTH +yes +logged in as backup/);
  expect(stdout).toMatch(/ready +yes/);
  expect(primary.count).toBe(0);
});

it('takes its mail over the way that was proven, logged in, and says so in the trail', async () => {
  await send(system.smtpPort, numbered(1, `bob@${domain}`));
  const { user, isEncrypted, raw } = await primary.waitFor(() => true, 20_000);
  expect([user, isEncrypted]).toEqual([login.user, true]);
  expect(String(raw)).toMatch(/^X-Holdfast-Client: 127\.0\.0\.1; helo="/m);
  await system.untilStats(domain, { delivered: 1 });
  const answer = await fetch(`${system.url}/api/v1/deliveries/${(await last()).deliveryId}`, {
    headers: { authorization: `Bearer ${await system.operatorKey()}` },
  });
  expect(JSON.stringify(await answer.json())).toContain(
    `${host}:${primary.port} (TLSv1.3, verified by DANE)`,
  );
});

it('holds it when the server is another than DNS says, tells why, and goes on when it is right again', async () => {
  // A connection that is open has proven who it is; the next one has yet to.
  await primary.down();
  await primary.up();
  publish(root.issue(host).cert);
  await send(system.smtpPort, numbered(2, `bob@${domain}`));
  const cause = `TLS failed: the server's certificate is not the one in the TLSA records of ${host}`;
  await until('the trail to say why', 30_000, async () => (await last()).lastReply === cause);
  expect((await last()).state).toBe('held');
  const outages = async () =>
    (
      await system.json<{ items: { cause: string; endedAt: string | null }[] }>(
        'outage',
        'list',
        '--domain',
        domain,
      )
    ).items;
  await until('an outage', 30_000, async () => (await outages()).length > 0);
  expect(await outages()).toMatchObject([{ cause, endedAt: null }]);
  publish(certificate.cert);
  await primary.waitForCount(2, 90_000);
  await system.untilStats(domain, { delivered: 2, held: 0 });
  // The relay writes down what it counted every ten seconds.
  await until('both results to be counted', 30_000, async () => {
    const { items } = await system.json<{ items: { result: string }[] }>('domain', 'tls', domain);
    const results = new Set(items.map(({ result }) => result));
    return results.has('successful') && results.has('tlsa-invalid');
  });
});

it('keeps the password out of everything that is read', async () => {
  const shown = await system.holdfast('domain', 'show', domain, '--json');
  expect(shown.stdout).toContain(login.user);
  expect(shown.stdout + JSON.stringify(system.events)).not.toContain(login.secret);
  expect((await system.holdfast('arc', 'key')).stdout).toMatch(
    /_domainkey\.mx\.holdfast\.test\. IN TXT \( "v=DKIM1; k=rsa; p=/,
  );
});
