import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startFakeDns, type FakeDns, type ZoneData } from '@holdfast/fake-dns';
import { startFakePrimary, type FakePrimary } from '@holdfast/fake-primary';
import { RunningApp } from '../testing/running-app';

let app: RunningApp;
let dns: FakeDns;
let primary: FakePrimary;
let one: Awaited<ReturnType<RunningApp['tenant']>>;
let two: Awaited<ReturnType<RunningApp['tenant']>>;

const us = 'mx2.provider.test';
const zone = (domain: string, mx: string[]): ZoneData => ({
  [domain]: { NS: ['ns.provider.test'], MX: mx, ttlSeconds: 3_600 },
});
const zones: ZoneData = {
  [us]: { A: ['127.0.0.1'] },
  'ns.provider.test': { A: ['127.0.0.1'] },
  'mail.example.org': { A: ['127.0.0.1'] },
  ...zone('one.example', ['10 mail.example.org', `20 ${us}`]),
  ...zone('two.example', [`10 ${us}`]),
  ...zone('stranger.example', ['10 mail.example.org']),
};

beforeAll(async () => {
  dns = await startFakeDns({ zones });
  primary = await startFakePrimary({
    domains: ['one.example'],
    recipients: ['postmaster@one.example', 'abuse@one.example'],
  });
  app = await RunningApp.start({
    HOLDFAST_DNS_SERVERS: dns.server,
    HOLDFAST_ALLOW_PRIVATE_PRIMARIES: 'on',
    HOLDFAST_ORIGIN_ZONE: 'off',
  });
  one = await app.tenant('One');
  two = await app.tenant('Two');
  await app.owner.query('update primaries set port = $2 where domain_id = $1', [one.domainId, primary.port]);
});
afterAll(async () => {
  await app?.stop();
  await primary?.close();
  await dns?.close();
});

const make = (who = one.person, domain = 'one.example') =>
  app.ask(who, 'POST', `/api/v1/domains/${domain}/checks`);
const severityOf = (body: { findings: { check: string; severity: string }[] }, check: string) =>
  body.findings.find((finding) => finding.check === check)?.severity;

describe('a check of a domain', () => {
  it('is refused to another tenant, and to nobody', async () => {
    expect((await make(two.person)).status).toBe(404);
    expect((await app.ask(two.person, 'GET', '/api/v1/domains/one.example/checks')).status).toBe(404);
    expect((await app.ask(undefined, 'POST', '/api/v1/domains/one.example/checks')).status).toBe(401);
  });

  it('goes to the primary at the port that it is delivered to, and sends nothing', async () => {
    const { status, body } = await make();
    expect(status).toBe(201);
    expect(body).toMatchObject({
      domain: 'one.example',
      verdict: expect.any(String),
      summary: expect.any(String),
    });
    expect(severityOf(body, 'mx-order')).toBe('ok');
    expect(severityOf(body, 'primary-answers')).toBe('ok');
    expect(severityOf(body, 'primary-open-relay')).toBe('ok');
    expect(severityOf(body, 'authorities-answer')).toBe('note');
    expect([primary.sessions, primary.count]).toEqual([1, 0]);
  });

  it('is kept for its tenant alone', async () => {
    const { body } = await app.ask(one.person, 'GET', `/api/v1/domains/${one.domainId}/checks?limit=5`);
    expect(body.items).toHaveLength(1);
    expect(body.items[0]).toMatchObject({ domain: 'one.example', complete: expect.any(Boolean) });
    expect(body.items[0].findings[0]).toMatchObject({ check: expect.any(String), why: expect.any(String) });
    const others = await app.ask(two.person, 'GET', `/api/v1/domains/${two.domainId}/checks`);
    expect(others.body.items).toEqual([]);
  });

  it('says what is blocking, and what to publish instead', async () => {
    const { body } = await make(two.person, 'two.example');
    expect(body.verdict).toBe('blocking');
    const [worst] = body.findings;
    expect(worst).toMatchObject({ check: 'mx-order', severity: 'blocking' });
    expect(worst.publish).toContain(`two.example. 3600 IN MX 20 ${us}.`);
  });
});

describe('a check of any domain', () => {
  const ask = (domain: string, who?: Parameters<RunningApp['ask']>[0]) =>
    app.ask(who, 'GET', `/api/v1/mx-check?domain=${encodeURIComponent(domain)}`);

  it('is for everybody, and a few times a minute', async () => {
    const first = await ask('Stranger.Example.');
    expect([first.status, first.body.domain, severityOf(first.body, 'mx-ours')]).toEqual([
      200,
      'stranger.example',
      'blocking',
    ]);
    const asked = dns.asked.length;
    const again = await ask('stranger.example');
    expect(again.body.checkedAt).toBe(first.body.checkedAt);
    expect(dns.asked.length).toBe(asked); // nobody was asked a second time
    expect((await ask('no domain')).body.errors[0].field).toBe('domain');
    const answers = [];
    for (let n = 0; n < 5; n++) answers.push((await ask('stranger.example')).status);
    expect(answers).toEqual([200, 200, 200, 429, 429]);
  });

  it('is for whom we know as often as they like, and always new', async () => {
    const first = await ask('stranger.example', app.operator);
    const again = await ask('stranger.example', app.operator);
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.body.checkedAt).not.toBe(first.body.checkedAt);
    expect((await ask('stranger.example', { key: 'wrong' })).status).toBe(401);
  });

  it('tells strangers nothing of what is set up here', async () => {
    const { body } = await ask('one.example', app.operator);
    expect(body.findings.map(({ check }: { check: string }) => check)).not.toContain('primary-listed');
  });
});

describe('the command', () => {
  const command = fileURLToPath(new URL('../../../../tools/holdfast.mjs', import.meta.url));
  const holdfast = async (...words: string[]) => {
    const env = { PATH: process.env['PATH'], HOLDFAST_URL: app.url, HOLDFAST_DATA_DIR: app.dataDir };
    return (await promisify(execFile)(process.execPath, [command, 'mx', 'check', ...words], { env })).stdout;
  };

  it('checks a domain of ours with its primary, any other without, and ends with 0 whatever it found', async () => {
    const ours = JSON.parse(await holdfast('one.example', '--json'));
    expect(severityOf(ours, 'primary-listed')).toBe('ok');
    const other = JSON.parse(await holdfast('stranger.example', '--json'));
    expect(other).toMatchObject({ domain: 'stranger.example', verdict: 'blocking' });
  });

  it('tells a person the worst first, with records on lines of their own', async () => {
    const text = await holdfast('two.example');
    const lines = text.split('\n');
    expect(lines[0]).toMatch(/^two\.example: Failover to mx2\.provider\.test will not work as it is/);
    expect(text.indexOf('BLOCKING')).toBeLessThan(text.indexOf('Note'));
    expect(lines.map((line) => line.trim())).toContain(`two.example. 3600 IN MX 20 ${us}.`);
  });
});
