import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RunningApp } from '../testing/running-app';

// The operator's command as a script runs it, against the real api.

const command = fileURLToPath(new URL('../../../../tools/holdfast.mjs', import.meta.url));

let app: RunningApp;

beforeAll(async () => {
  app = await RunningApp.start();
});
afterAll(() => app?.stop());

interface Ended {
  code: number | null;
  out: string;
  err: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a spec knows what it asked for
  json: any;
}

function holdfast(words: string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...words], {
      env: { PATH: process.env['PATH'], HOLDFAST_URL: app.url, HOLDFAST_DATA_DIR: app.dataDir, ...env },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += String(chunk)));
    child.stderr.on('data', (chunk) => (err += String(chunk)));
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ code, out, err, json: out.startsWith('{') ? JSON.parse(out) : undefined }),
    );
  });
}

const json = async (...words: string[]) => {
  const ended = await holdfast([...words, '--json']);
  expect(ended.err).toBe('');
  expect(ended.code).toBe(0);
  return ended.json;
};

describe('refused', () => {
  it('says one sentence, code 1: by the api', async () => {
    expect(await holdfast(['domain', 'show', 'nobody.example'])).toMatchObject({
      code: 1,
      out: '',
      err: 'There is no domain of this name here that you may see.\n',
    });
  });

  it('with a wrong key', async () => {
    expect(await holdfast(['status'], { HOLDFAST_API_KEY: 'wrong' })).toMatchObject({
      code: 1,
      err: 'This key is not known here.\n',
    });
  });

  it('without a key', async () => {
    const ended = await holdfast(['status'], { HOLDFAST_DATA_DIR: '/nowhere' });
    expect(ended).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^There is no key in \/nowhere\/operator\.key: [^\n]*\n$/),
    });
  });

  it('when nothing answers', async () => {
    const ended = await holdfast(['status'], { HOLDFAST_URL: 'http://127.0.0.1:1' });
    expect(ended).toMatchObject({
      code: 1,
      err: 'Holdfast does not answer at http://127.0.0.1:1: is it running?\n',
    });
  });
});

describe('wrong usage is code 2', () => {
  it.each([
    [['nonsense']],
    [['queue']],
    [['domain', 'add', 'x.example']],
    [['domain', 'add', 'x.example', '--tenant', 'T', '--primary', 'a b:99999']],
    [['queue', 'list', '--state', 'lost']],
    [['queue', 'retry']],
    [['queue', 'retry', '--state', 'held']],
    [['queue', 'retry', '--domain', 'x.example', '--message', 'm']],
    [['lane', 'cap', 'x']],
    [['lane', 'cap', 'x', '--connections', '0']],
    [['wave', 'shrug', 'x.example']],
    [['redirect', 'set', 'x.example']],
    [['queue', 'retry', 'an-id', '--domain', 'x.example']],
    [['user', 'add', 'a@b.example', '--tenant', 'T', '--role', 'king']],
    [['demo', 'primary', 'sideways']],
    [['plan', 'add']],
    [['plan', 'set', 'Small', '--retention-days', 'long']],
    [['filter', 'set', '--spam', 'tag']],
    [['filter', 'set', '--tenant', 'T', '--spam', 'maybe']],
    [['filter', 'set', '--tenant', 'T', '--reject-score', 'high']],
    [['filter', 'block', '--tenant', 'T']],
    [['status', '--nonsense']],
  ])('%j', async (words) => {
    const ended = await holdfast(words);
    expect(ended.code).toBe(2);
    expect(ended.out).toBe('');
    expect(ended.err).not.toBe('');
  });
});

it('a whole day of an operator', async () => {
  const tenant = await json('tenant', 'add', 'Acme Mail', '--contact', 'post@acme-contact.test');
  expect(tenant).toEqual({ id: expect.any(String), name: 'Acme Mail' });
  expect(
    await json('tenant', 'set', 'Acme Mail', '--max-held-messages', '5', '--suspended', 'on'),
  ).toMatchObject({
    maxHeldMessages: 5,
    suspended: true,
  });
  expect(
    await json('tenant', 'set', 'Acme Mail', '--max-held-messages', 'default', '--suspended', 'off'),
  ).toMatchObject({
    maxHeldMessages: null,
    suspended: false,
  });
  expect(
    await json('user', 'add', 'owner@acme-contact.test', '--tenant', 'Acme Mail', '--role', 'owner'),
  ).toEqual({
    id: expect.any(String),
    signInUrl: expect.stringContaining(`${app.url}/`),
  });

  const list = join(app.dataDir, 'people.csv');
  await writeFile(
    list,
    '\uFEFFemail,name\r\n"info@acme.example",Info\r\n# a remark\r\nsales@acme.example;Sales\r\n\r\n',
  );
  const domain = await json(
    'domain',
    'add',
    'acme.example',
    '--tenant',
    'Acme Mail',
    '--primary',
    'mail.acme.example:2500',
    '--verified',
    '--recipients',
    list,
  );
  expect(domain).toEqual({ id: expect.any(String), domain: 'acme.example', state: 'active' });
  expect(await json('domain', 'show', 'acme.example')).toMatchObject({
    recipientPolicy: 'list',
    primaries: [{ host: 'mail.acme.example', port: 2500, tlsPolicy: 'opportunistic' }],
  });
  const { rows } = await app.owner.query('select local_part from recipients order by local_part');
  expect(rows.map(({ local_part }) => local_part)).toEqual(['info', 'sales']);
  expect(await json('recipient', 'add', 'acme.example', 'help', 'shop-*')).toMatchObject({
    added: 2,
    total: 4,
  });
  expect(await json('recipient', 'remove', 'acme.example', 'shop-*')).toMatchObject({ removed: 1, total: 3 });
  await writeFile(list, 'info@acme.example\nnot an address\nsales@acme.example\n');
  const set = await holdfast([
    ...['domain', 'set', 'acme.example', '--recipients', list, '--json'],
    ...['--when-primary-up', 'defer', '--defer-minutes', '9'],
  ]);
  expect(set.err).toBe(`${list}:2 is not an address; passed over\n`);
  expect(set.json).toMatchObject({ recipientsListed: 2, whenPrimaryUp: 'defer', deferMinutes: 9 });
  expect(await json('recipient', 'list', 'acme.example')).toEqual({
    items: [{ address: 'info@acme.example' }, { address: 'sales@acme.example' }],
    next: null,
  });

  const [first, second] = await app.mail(tenant.id, domain.id, ['info@acme.example', 'sales@acme.example']);
  const { items, next } = await json(
    'queue',
    'list',
    '--domain',
    'acme.example',
    '--state',
    'held',
    '--limit',
    '1',
  );
  expect(items).toMatchObject([
    { deliveryId: second, recipient: 'sales@acme.example', state: 'held', attempts: 0, bytes: 1234 },
  ]);
  expect((await json('queue', 'list', '--limit', '1', '--after', next)).items).toMatchObject([
    { deliveryId: first },
  ]);
  expect(await json('queue', 'hold', '--domain', 'acme.example')).toEqual({ changed: 2 });
  expect(await json('queue', 'release', String(first), String(second))).toEqual({ changed: 2 });
  expect(await json('queue', 'retry', String(first))).toEqual({ changed: 1 });
  expect(await json('status')).toMatchObject({
    ready: false,
    held: 2,
    quarantined: 0,
    outagesOpen: 0,
    nodes: expect.any(Array),
  });

  const refused = await holdfast(['domain', 'remove', 'acme.example']);
  expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(/^Mail is held for this domain\./)]);
  expect(await json('queue', 'discard', String(first))).toEqual({ changed: 1 });
  expect(await json('domain', 'remove', 'acme.example', '--discard-held')).toEqual({
    domain: 'acme.example',
    removed: true,
  });
  expect(await json('queue', 'stats')).toEqual({
    held: 0,
    sending: 0,
    delivered: 0,
    refused: 0,
    expired: 0,
    discarded: 0,
    quarantined: 0,
  });
  expect(await json('domain', 'list', '--tenant', 'Acme Mail')).toEqual({ items: [], next: null });
  expect(await json('outage', 'list')).toEqual({ items: [], next: null });
}, 60_000);

it('plans, and who has which', async () => {
  const plan = await json('plan', 'add', 'Small', '--max-held-messages', '100', '--retention-days', '5');
  expect(plan).toMatchObject({
    name: 'Small',
    maxHeldMessages: 100,
    maxHeldBytes: null,
    retentionDays: 5,
    tenants: 0,
  });
  const tenant = await json('tenant', 'add', 'On Small', '--plan', 'Small');
  expect(await json('tenant', 'show', tenant.id)).toMatchObject({
    plan: 'Small',
    maxHeldMessages: null,
    limits: { maxHeldMessages: 100, maxHeldBytes: 107_374_182_400, retentionDays: 5 },
  });
  expect(await json('tenant', 'set', 'On Small', '--max-held-messages', '7')).toMatchObject({
    limits: { maxHeldMessages: 7 },
  });
  await json('plan', 'set', 'Small', '--retention-days', 'default', '--max-messages-per-hour', '9');
  expect(await json('tenant', 'set', 'On Small', '--max-held-messages', 'default')).toMatchObject({
    limits: { maxHeldMessages: 100, maxMessagesPerHour: 9, retentionDays: 30 },
  });
  expect((await json('plan', 'list')).items).toMatchObject([{ name: 'Small', tenants: 1 }]);
  expect(await json('tenant', 'set', 'On Small', '--plan', 'none')).toMatchObject({
    plan: null,
    limits: { maxHeldMessages: 1_000_000 },
  });
  expect(await holdfast(['tenant', 'set', 'On Small', '--plan', 'Huge'])).toMatchObject({
    code: 1,
    err: 'plan is not known here.\n',
  });
  expect((await holdfast(['tenant', 'show', 'On Small'])).out).toMatch(/\nPlan +none\n/);
}, 30_000);

it('what a tenant wants done with mail that looks bad', async () => {
  const { id } = await app.tenant('Strict');
  const filter = (verb: string, ...words: string[]) => json('filter', verb, '--tenant', 'Strict', ...words);
  expect(
    await filter('set', '--spam', 'quarantine', '--own-domain', 'defer', '--reject-score', '9.5'),
  ).toEqual({
    tenant: 'Strict',
    spam: 'quarantine',
    malware: 'refuse',
    blocked: 'refuse',
    blockList: 'refuse',
    ownDomain: 'defer',
    unknownRecipient: 'refuse',
    rejectScore: 9.5,
    tagScore: null,
    rules: { allow: 0, block: 0 },
  });
  expect(await filter('set', '--reject-score', 'default')).toMatchObject({
    rejectScore: null,
    spam: 'quarantine',
  });
  expect(await filter('block', 'Bad.example', '192.0.2.0/24')).toEqual({ added: 2, removed: 0, total: 2 });
  expect(await filter('allow', 'ada@bad.example')).toEqual({ added: 1, removed: 0, total: 3 });
  expect(await filter('forget', 'bad.example')).toEqual({ added: 0, removed: 1, total: 2 });
  expect((await filter('list')).items).toMatchObject([
    { pattern: '192.0.2.0/24', verdict: 'block' },
    { pattern: 'ada@bad.example', verdict: 'allow' },
  ]);
  const refused = await holdfast(['filter', 'block', '--tenant', 'Strict', 'fine.example', 'two words']);
  expect([refused.code, refused.err]).toEqual([
    1,
    expect.stringMatching(/^block\[1\] must be an address, [^\n]*\n$/),
  ]);
  const { rows } = await app.owner.query('select count(*) as rules from filter_rules where tenant_id = $1', [
    id,
  ]);
  expect(rows).toEqual([{ rules: 2 }]);
  expect((await holdfast(['filter', 'show', '--tenant', 'Strict'])).out).toMatch(/\nSpam +quarantine\n/);
  const help = (await holdfast(['filter', 'set', '--help'])).out;
  for (const value of ['refuse', 'defer', 'quarantine', 'tag', 'accept'])
    expect(help).toMatch(new RegExp(`\\n  ${value} +\\w`));
}, 30_000);

it('people get tables', async () => {
  await app.tenant('Table');
  const { out, code } = await holdfast(['domain', 'list']);
  expect(code).toBe(0);
  expect(out).toMatch(/^DOMAIN +TENANT +STATE +PRIMARY/);
  expect(out).toMatch(/\ntable\.example +Table +active +mail\.example\.org/);
  expect((await holdfast(['outage', 'list'])).out).toBe('No outages.\n');
});

describe('the way to a primary', () => {
  const pin = 'cd'.repeat(32);

  it('is said with the domain, and changed later without the rest', async () => {
    await json('tenant', 'add', 'Ways');
    await json(
      ...['domain', 'add', 'ways.example', '--tenant', 'Ways', '--verified', '--tls', 'required'],
      ...[
        '--primary',
        'mx1.ways.example',
        '--primary',
        'mx2.ways.example:2525,preference=20,tls=dane',
        '--by-mx',
      ],
    );
    const places = async () =>
      (await json('domain', 'show', 'ways.example')).primaries.map(
        (p: {
          host: string;
          port: number;
          preference: number;
          tlsPolicy: string;
          login: string;
          byMx: boolean;
        }) => [p.byMx ? 'MX' : p.host, p.port, p.preference, p.tlsPolicy, p.login],
      );
    expect(await places()).toEqual([
      ['mx1.ways.example', 25, 10, 'required', null],
      ['MX', 25, 10, 'required', null],
      ['mx2.ways.example', 2525, 20, 'dane', null],
    ]);
    const file = join(app.dataDir, 'password');
    await writeFile(file, 'correct horse\n');
    await json('domain', 'set', 'ways.example', '--primary', 'mx1.ways.example');
    await json('domain', 'set', 'ways.example', '--login', 'backup', '--password-file', file);
    await json('domain', 'set', 'ways.example', '--tls', 'pinned', '--pin', pin);
    expect(await places()).toEqual([['mx1.ways.example', 25, 10, 'pinned', 'backup']]);
    const shown = await holdfast(['domain', 'show', 'ways.example']);
    expect(shown.out).toMatch(/mx1\.ways\.example \(TLS pinned, login backup\)/);
    await json('domain', 'set', 'ways.example', '--login', 'none', '--tls', 'opportunistic', '--arc', 'off');
    expect(await places()).toEqual([['mx1.ways.example', 25, 10, 'opportunistic', null]]);
    expect((await json('domain', 'show', 'ways.example')).sealed).toBe(false);
  });

  it('is not said with a password that others could see, nor without a place', async () => {
    const refused = await holdfast(['domain', 'set', 'ways.example', '--login', 'backup']);
    expect(refused).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^A login needs .*seen by others\.\n$/),
    });
    expect((await holdfast(['domain', 'add', 'none.example', '--tenant', 'Ways'])).code).toBe(2);
    const wrong = await holdfast(['domain', 'set', 'ways.example', '--primary', 'mx.example,tls=yes']);
    expect(wrong.code).toBe(2);
  });
});

it('prints the DNS record of the seal, as a relay says it', async () => {
  expect((await holdfast(['arc', 'key'])).code).toBe(1);
  const record = {
    name: 'hf1._domainkey.mx.test',
    value: `v=DKIM1; k=rsa; p=${'A'.repeat(300)}`,
    isPublished: false,
  };
  await app.owner.query(
    `insert into programs (node, program, worker, pid, is_ready, facts, started_at) values ('n', 'relay', 0, 1, true, $1, now())`,
    [JSON.stringify({ arc: record })],
  );
  expect(await json('arc', 'key')).toEqual({ items: [record] });
  const { out } = await holdfast(['arc', 'key']);
  expect(out).toMatch(
    /^; not found in DNS yet.*\nhf1\._domainkey\.mx\.test\. IN TXT \( "v=DKIM1; [^"]{246}"\n {2}"A+" \)\n$/,
  );
});

it('levers on many, a lane, and where mail goes', async () => {
  const { id: tenantId } = await json('tenant', 'add', 'Many');
  const { id } = await json(
    'domain',
    'add',
    'many.example',
    '--tenant',
    'Many',
    '--primary',
    'mail.many.example',
    '--verified',
  );
  await app.mail(tenantId, id, ['a@many.example', 'b@many.example']);
  const { changed, job } = await json('queue', 'hold', '--tenant', 'Many', '--state', 'held');
  expect(changed).toBe(2);
  expect(await json('job', 'show', job, '--follow')).toMatchObject({
    state: 'done',
    changed: 2,
    action: 'hold',
  });
  expect((await json('job', 'list')).items).toMatchObject([{ id: job }]);
  const [{ messageId }] = (await json('queue', 'list', '--domain', 'many.example')).items;
  expect(await json('queue', 'release', '--message', messageId)).toEqual({ changed: 2 });

  await app.owner.query(`insert into lanes (node, name) values ('n', 'mail.many.example:25/opportunistic')`);
  expect(await json('lane', 'pause', 'mail.many', '--reason', 'moving')).toMatchObject({
    pausedBecause: 'moving',
  });
  expect(await json('lane', 'resume', 'mail.many')).toMatchObject({ pausedBecause: null });
  expect(await json('lane', 'cap', 'mail.many', '--connections', '3')).toMatchObject({ maxConnections: 3 });
  expect(await json('lane', 'cap', 'mail.many', '--connections', 'default')).toMatchObject({
    maxConnections: null,
  });
  expect((await json('lane', 'list')).items).toMatchObject([{ name: 'mail.many.example:25/opportunistic' }]);

  expect(await json('redirect', 'set', 'many.example', 'standby.example:2525')).toMatchObject({
    host: 'standby.example',
    port: 2525,
    until: 'taken-back',
  });
  expect((await json('redirect', 'list')).items).toHaveLength(1);
  await json('redirect', 'remove', 'many.example');
  expect((await json('redirect', 'list')).items).toEqual([]);
  expect(await json('domain', 'set', 'many.example', '--max-connections', '2')).toMatchObject({
    maxConnections: 2,
  });
  expect((await holdfast(['wave', 'retry', 'many.example'])).err).toMatch(/^No wave of refusals waits/);
  expect((await json('wave', 'list')).items).toEqual([]);
  expect(await json('queue', 'discard', '--domain', 'many.example')).toEqual({ changed: 2 });
});
