import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog } from '@holdfast/daemon';
import { throwAwayDatabase, type ThrowAwayDatabase } from '@holdfast/database/testing';
import { startFakeDns } from '@holdfast/fake-dns';
import { startFakePrimary, type FakePrimary } from '@holdfast/fake-primary';
import { newMessageId } from '@holdfast/mail';
import { listDeliveries, openPool, registerMessages, type ScanState } from '@holdfast/queue';
import { openSpool, type Spool } from '@holdfast/spool';
import { gtubeMessage, plainMessage, startRspamd } from '@holdfast/rspamd-client/testing';
import type pg from 'pg';
import { readRelayConfig } from './config';
import { Journal } from './journal';
import { openRelay, type Relay } from './relay';

let database: ThrowAwayDatabase;
let owner: pg.Pool;
let folder: string;
let spool: Spool;
let primary: FakePrimary;
let tenantId: string;
let domainId: string;
let relay: Relay | undefined;

const quiet = openLog('relay', 'error');

beforeAll(async () => {
  database = await throwAwayDatabase();
  owner = openPool({ url: database.url, program: 'spec' });
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-relay-'));
  spool = openSpool({ directory: join(folder, 'spool') });
  primary = await startFakePrimary();
  await owner.query(
    'truncate deliveries, settled_deliveries, messages, attempts; delete from domains; delete from tenants',
  );
  tenantId = (await owner.query(`insert into tenants (name) values ('t') returning id`)).rows[0].id;
  domainId = (
    await owner.query(
      `insert into domains (tenant_id, name, state) values ($1, 'held.test', 'active') returning id`,
      [tenantId],
    )
  ).rows[0].id;
  await owner.query(
    `insert into primaries (tenant_id, domain_id, host, port, tls_policy) values ($1, $2, '127.0.0.1', $3, 'opportunistic')`,
    [tenantId, domainId, primary.port],
  );
});

afterEach(async () => {
  await relay?.end();
  relay = undefined;
  await primary.close();
  await spool.close();
  await rm(folder, { recursive: true, force: true });
});

afterAll(async () => {
  await owner?.end();
  await database?.drop();
});

async function start(more: NodeJS.ProcessEnv = {}): Promise<void> {
  const config = readRelayConfig({
    DATABASE_URL: database.urlAs('relay'),
    HOLDFAST_DATA_DIR: folder,
    HOLDFAST_HOSTNAME: 'mx.holdfast.test',
    HOLDFAST_ALLOW_PRIVATE_PRIMARIES: 'on',
    HOLDFAST_SCANNING: 'off',
    ...more,
  });
  relay = await openRelay(config, quiet);
  await relay.atWork;
}

/** Puts a message where ingress and registrar would have put it. */
async function hold(
  recipients: string[],
  body: Buffer = Buffer.from('Subject: x\r\n\r\nbody\r\n'),
  scan: ScanState = 'clean',
): Promise<string> {
  const id = newMessageId();
  const receivedAt = new Date().toISOString();
  await spool.put([
    {
      id,
      body,
      envelope: {
        tenantId,
        sender: 'sender@elsewhere.test',
        recipients: recipients.map((address) => ({ address, domainId, retentionDays: 30 })),
        client: { address: '192.0.2.1', helo: 'elsewhere.test', protocol: 'ESMTP' },
        receivedAt,
        bytes: body.length,
        scan,
      },
    },
  ]);
  await registerMessages(owner, [
    {
      id,
      tenantId,
      node: 'mx.holdfast.test',
      sender: 'sender@elsewhere.test',
      bytes: body.length,
      receivedAt,
      clientAddress: '192.0.2.1',
      clientName: null,
      helo: 'elsewhere.test',
      tls: null,
      scan,
      score: null,
      symbols: null,
      recipients: recipients.map((address) => ({
        address,
        domainId,
        expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
      })),
    },
  ]);
  await spool.markRegistered([id]);
  return id;
}

const states = async (): Promise<Record<string, string>> => {
  const { items } = await listDeliveries(owner, { domainId, limit: 100 });
  return Object.fromEntries(items.map((item) => [item.recipient, item.state]));
};

/** Waits for Postgres to say what is expected; the relay tells with every settled batch. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  const client = await owner.connect();
  try {
    await client.query('listen holdfast_settled');
    while (!(await condition())) {
      await new Promise<void>((resolve) => {
        client.once('notification', () => resolve());
        setTimeout(resolve, 500);
      });
    }
  } finally {
    client.release(true);
  }
}

it('delivers byte for byte and lets the body go', async () => {
  const body = Buffer.concat([
    Buffer.from('Subject: dots\r\n\r\n.\r\n..\r\n...three\r\n'),
    Buffer.from([0xff, 0xfe, 0x80]),
    Buffer.from(`\r\n${'x'.repeat(2000)}\r\n\r\n`),
  ]);
  const id = await hold(['a@held.test'], body);
  await start();
  const { raw, mailFrom, rcptTo } = await primary.waitFor(() => true, 10_000);
  expect([raw.equals(body), mailFrom, rcptTo]).toEqual([true, 'sender@elsewhere.test', ['a@held.test']]);
  await until(async () => (await states())['a@held.test'] === 'delivered');
  await relay?.settler.drained();
  expect(await spool.body(id)).toBeUndefined();
});

it('hears of new mail while it runs', async () => {
  await start();
  await hold(['later@held.test']);
  await primary.waitFor(({ rcptTo }) => rcptTo.includes('later@held.test'), 10_000);
});

it('lets go of a connection that has nothing to do', async () => {
  await hold(['a@held.test']);
  await start();
  await primary.waitFor(() => true, 10_000);
  const deadline = Date.now() + 15_000;
  await until(async () => Date.now() > deadline || relay?.lanes.facts[0]?.connections === 0);
  expect(relay?.lanes.facts[0]?.connections).toBe(0);
});

it('gives each recipient its own outcome in one transaction', async () => {
  await hold(['fine@held.test', 'refuse@held.test', 'tempfail@held.test', 'full@held.test']);
  await start();
  await until(
    async () =>
      Object.values(await states()).every((state) => state !== 'sending') &&
      (await states())['fine@held.test'] === 'delivered',
  );
  expect(await states()).toEqual({
    'fine@held.test': 'delivered',
    'refuse@held.test': 'refused',
    'tempfail@held.test': 'held',
    'full@held.test': 'held',
  });
  expect(primary.count).toBe(1);
  const { rows } = await owner.query('select reply from attempts order by reply');
  expect(rows.map(({ reply }) => reply)).toEqual([
    expect.stringMatching(/^451 /),
    expect.stringMatching(/^452 /),
  ]);
});

it('counts a connection lost in DATA as an attempt, and the others go on', async () => {
  await hold(['hangup-in-data@held.test']);
  await hold(['fine@held.test']);
  await start();
  await until(
    async () =>
      (await states())['fine@held.test'] === 'delivered' &&
      (await states())['hangup-in-data@held.test'] === 'held',
  );
  const { rows } = await owner.query(`select attempts, last_reply from deliveries`);
  expect(rows).toEqual([{ attempts: 1, last_reply: expect.stringMatching(/^Connection lost/) }]);
});

it('touches nothing while the primary is down, says so, and drains when the sentinel says that it is up', async () => {
  await primary.down();
  for (let n = 0; n < 20; n++) await hold([`r${n}@held.test`]);
  const listener = await owner.connect();
  await listener.query('listen holdfast_unreachable');
  const evidence = new Promise<string>((resolve) =>
    listener.once('notification', ({ payload }) => resolve(String(payload))),
  );
  await start();
  expect(JSON.parse(await evidence)).toEqual({ domain: domainId, cause: 'connection refused' });
  expect(
    (
      await owner.query(
        `select count(*)::int as n, max(attempts) as attempts from deliveries where state = 'held'`,
      )
    ).rows,
  ).toEqual([{ n: 20, attempts: 0 }]);
  await primary.up();
  await owner.query(`select pg_notify('holdfast_primary', $1)`, [
    JSON.stringify({ domain: domainId, up: true }),
  ]);
  await primary.waitForCount(20, 10_000);
  listener.release(true);
});

it('settles what its predecessor delivered instead of sending it again', async () => {
  const id = await hold(['once@held.test']);
  const delivery = `${id.slice(0, -4)}0001`;
  await owner.query(
    `update deliveries set state = 'sending', claimed_by = 'mx.holdfast.test/relay-0', lease_until = now() + interval '1 hour'`,
  );
  await owner.query('update domain_counters set held = 0, held_bytes = 0, sending = 1');
  const { journal } = Journal.openFor(join(folder, 'journal'), 0);
  journal.keep([{ deliveryId: delivery, reply: '250 ok', with: 'mx:25' }]);
  journal.close();
  await start();
  expect(await states()).toEqual({ 'once@held.test': 'delivered' });
  expect(primary.count).toBe(0);
});

it('settles what a worker delivered that is not started again', async () => {
  const id = await hold(['once@held.test']);
  const { journal } = Journal.openFor(join(folder, 'journal'), 7);
  journal.keep([{ deliveryId: `${id.slice(0, -4)}0001`, reply: '250 ok', with: 'mx:25' }]);
  journal.close();
  await start();
  expect(await states()).toEqual({ 'once@held.test': 'delivered' });
  expect(primary.count).toBe(0);
});

it('takes up at once what its predecessor had claimed and not delivered', async () => {
  await hold(['again@held.test']);
  await owner.query(
    `update deliveries set state = 'sending', claimed_by = 'mx.holdfast.test/relay-0', lease_until = now() + interval '1 hour'`,
  );
  await owner.query('update domain_counters set held = 0, held_bytes = 0, sending = 1');
  await start();
  await primary.waitFor(() => true, 10_000);
});

it('refuses to go where a tenant must not send it', async () => {
  await hold(['inside@held.test']);
  await start({ HOLDFAST_ALLOW_PRIVATE_PRIMARIES: 'off' });
  await until(
    async () => relay?.lanes.facts.some(({ closedBecause }) => closedBecause?.includes('private')) === true,
  );
  expect(primary.sessions).toBe(0);
  expect(await states()).toEqual({ 'inside@held.test': 'held' });
});

it('follows a domain to another primary, and no longer knocks at the one before', async () => {
  const other = await startFakePrimary();
  try {
    await primary.down();
    await hold(['moved@held.test']);
    await start();
    await until(async () => relay?.lanes.facts[0]?.closedBecause === 'connection refused');
    await owner.query('update primaries set port = $1', [other.port]);
    await primary.up();
    await other.waitFor(({ rcptTo }) => rcptTo.includes('moved@held.test'), 20_000);
    expect(primary.count).toBe(0);
  } finally {
    await other.close();
  }
});

it('says in the trail what the way to the primary lacks, once, and touches nothing', async () => {
  await owner.query(`update primaries set tls_policy = 'required'`);
  await hold(['a@held.test']);
  await hold(['b@held.test']);
  await start();
  const trail = async () => (await owner.query('select reply from attempts')).rows.map(({ reply }) => reply);
  await until(async () => (await trail()).length === 2);
  relay?.lanes.facts.forEach(({ closedBecause }) => expect(closedBecause).toMatch(/^TLS failed/));
  await owner.query(`select pg_notify('holdfast_primary', $1)`, [
    JSON.stringify({ domain: domainId, up: true }),
  ]);
  await until(async () => primary.sessions >= 2);
  expect(await trail()).toEqual(Array(2).fill('TLS failed: the server does not offer STARTTLS'));
  const { rows } = await owner.query('select distinct state, attempts, last_reply from deliveries');
  expect(rows).toEqual([
    { state: 'held', attempts: 0, last_reply: 'TLS failed: the server does not offer STARTTLS' },
  ]);
});

it('seals what it delivers once its key is in DNS, and leaves the message as it is', async () => {
  const dns = await startFakeDns();
  try {
    const env = { HOLDFAST_DNS_SERVERS: dns.server };
    await start(env);
    await relay?.arc.ready;
    const record = relay?.arc.record;
    await hold(['before@held.test']);
    await primary.waitForCount(1, 10_000);
    await relay?.end();
    dns.set(record?.name ?? '', { TXT: [record?.value ?? ''] });
    await start(env);
    await relay?.arc.ready;
    const body = Buffer.from('From: a@elsewhere.test\r\n\r\n.body\r\n');
    await hold(['after@held.test'], body);
    const { raw } = await primary.waitFor(({ rcptTo }) => rcptTo.includes('after@held.test'), 10_000);
    expect(String(primary.received[0]?.raw)).not.toMatch(/ARC-Seal/);
    expect(String(raw)).toMatch(
      /^ARC-Seal: i=1; a=rsa-sha256; [^]*ARC-Authentication-Results: i=1; mx\.holdfast\.test/,
    );
    expect(raw.subarray(-body.length).equals(body)).toBe(true);
  } finally {
    await dns.close();
  }
});

it('goes by MX, cut at ourselves, and holds what would go in a circle', async () => {
  const dns = await startFakeDns({
    zones: {
      'held.test': { MX: ['10 mx.elsewhere.test', '20 mx.holdfast.test', '30 never.test'] },
      'mx.elsewhere.test': { A: ['127.0.0.1'] },
    },
  });
  try {
    await owner.query(`update primaries set host = 'held.test', by_mx = true`);
    await hold(['a@held.test']);
    await start({ HOLDFAST_DNS_SERVERS: dns.server });
    await primary.waitFor(({ rcptTo }) => rcptTo.includes('a@held.test'), 10_000);
    await until(async () => (await states())['a@held.test'] === 'delivered');
    const { rows } = await owner.query('select settled_with from settled_deliveries');
    expect(rows).toEqual([{ settled_with: `mx.elsewhere.test:${primary.port}` }]);
    await relay?.end();
    dns.set('held.test', { MX: ['10 mx.holdfast.test', '20 mx.elsewhere.test'] });
    await hold(['b@held.test']);
    await start({ HOLDFAST_DNS_SERVERS: dns.server });
    const trail = async () => (await owner.query('select reply from attempts')).rows;
    await until(async () => (await trail()).length > 0);
    expect(await trail()).toEqual([
      { reply: expect.stringMatching(/^the MX records of held\.test name no server .* circle$/) },
    ]);
    expect((await states())['b@held.test']).toBe('held');
    expect(primary.count).toBe(1);
  } finally {
    await dns.close();
  }
});

it('tries the way to the primaries when somebody asks, and writes down each step', async () => {
  await owner.query(
    `insert into primaries (tenant_id, domain_id, host, port, tls_policy, preference) values ($1, $2, '127.0.0.1', $3, 'required', 20)`,
    [tenantId, domainId, primary.port + 1],
  );
  await start();
  const listener = await owner.connect();
  const id = (
    await listener.query(`insert into primary_tests (tenant_id, domain_id) values ($1, $2) returning id`, [
      tenantId,
      domainId,
    ])
  ).rows[0].id;
  listener.release();
  await owner.query(`select pg_notify('holdfast_test', $1)`, [JSON.stringify({ test: id })]);
  const read = async () => (await owner.query('select done_at, steps from primary_tests')).rows[0];
  await until(async () => (await read()).done_at !== null);
  const steps = (await read()).steps as { step: string; isGood: boolean; found: string }[];
  expect(steps.map(({ step, isGood }) => [step, isGood])).toEqual([
    ['look-up', true],
    ['connect', true],
    ['greeting', true],
    ['EHLO', true],
    ['STARTTLS', true],
    ['ready', true],
    ['look-up', true],
    ['failed', false],
  ]);
  expect(steps.at(-1)?.found).toBe('connection refused');
  expect(primary.count).toBe(0);
});

it('drains hundreds over several connections, each once', async () => {
  for (let n = 0; n < 300; n++) await hold([`r${n}@held.test`]);
  await start();
  await primary.waitForCount(300, 20_000);
  await until(
    async () => (await owner.query('select count(*)::int as n from settled_deliveries')).rows[0].n === 300,
  );
  expect(new Set(primary.received.map(({ rcptTo }) => rcptTo[0])).size).toBe(300);
  expect(primary.mostSessionsAtOnce).toBeGreaterThan(1);
});

describe('mail that could not be scanned on arrival', () => {
  it('waits while the scanner is away, then goes out if it is clean and is put aside if it is not', async () => {
    await hold(['good@held.test'], plainMessage, 'unscanned');
    await hold(['spam@held.test'], gtubeMessage, 'unscanned');
    const rspamd = await startRspamd();
    try {
      await start({ HOLDFAST_SCANNING: 'on', RSPAMD_URL: rspamd.url });
      await until(
        async () =>
          (await states())['good@held.test'] === 'delivered' &&
          (await states())['spam@held.test'] === 'quarantined',
      );
      expect(primary.received.map(({ rcptTo }) => rcptTo)).toEqual([['good@held.test']]);
      const { rows } = await owner.query('select scan from messages order by scan');
      expect(rows).toEqual([{ scan: 'clean' }, { scan: 'spam' }]);
    } finally {
      await rspamd.stop();
    }
  });

  it('goes out soon after the scanner is back, without waiting for its schedule', async () => {
    for (let n = 0; n < 30; n++) await hold([`r${n}@held.test`], plainMessage, 'unscanned');
    const first = await startRspamd();
    await first.stop();
    await start({ HOLDFAST_SCANNING: 'on', RSPAMD_URL: first.url });
    await until(
      async () =>
        (await owner.query('select bool_and(next_attempt_at > now()) as later from deliveries')).rows[0]
          .later === true,
    );
    const rspamd = await startRspamd({ port: first.port });
    const began = Date.now();
    try {
      await primary.waitForCount(30, 10_000);
      expect(Date.now() - began).toBeLessThan(5_000);
    } finally {
      await rspamd.stop();
    }
  });

  it('stays held, and counts no attempt, as long as nobody scans it', async () => {
    await hold(['waits@held.test'], plainMessage, 'unscanned');
    await start({ HOLDFAST_SCANNING: 'on', RSPAMD_URL: 'http://127.0.0.1:9' });
    await until(
      async () =>
        (await owner.query('select next_attempt_at > now() as later from deliveries')).rows[0].later === true,
    );
    expect((await owner.query('select state, attempts from deliveries')).rows).toEqual([
      { state: 'held', attempts: 0 },
    ]);
    expect(primary.count).toBe(0);
  });
});
