/** Whoever counts must be able to find something: each fault is made by hand, and must be named. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { throwAwayDatabase, type ThrowAwayDatabase } from '@holdfast/database/testing';
import { deliveryId, newMessageId } from '@holdfast/mail';
import { openSpool, type Spool } from '@holdfast/spool';
import { jest } from '@jest/globals';
import pg from 'pg';
import { startSpecCluster, type SpecCluster } from '../checks/spec-cluster';
import { Arrivals } from './arrivals';
import { Ledger } from './ledger';
import { reckon, unneeded, unsettled } from './reckoning';

jest.setTimeout(60_000);

const domain = 'counted.test';
const held = `tempfail+1.1@${domain}`;
let cluster: SpecCluster | undefined;
let database: ThrowAwayDatabase;
let db: pg.Pool;
let spool: Spool;
let folder: string;
let ledger: Ledger;
let id: string;

beforeAll(async () => {
  if (!process.env['HOLDFAST_TEST_POSTGRES_URL']) {
    cluster = await startSpecCluster();
    process.env['HOLDFAST_TEST_POSTGRES_URL'] = cluster.url;
  }
});
afterAll(async () => {
  if (!cluster) return;
  delete process.env['HOLDFAST_TEST_POSTGRES_URL'];
  await cluster.stop();
});

/** One message that was promised, waits, and has its body. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reckoning-spec-'));
  database = await throwAwayDatabase();
  db = new pg.Pool({ connectionString: database.url, max: 2 });
  spool = openSpool({ directory: join(folder, 'spool') });
  ledger = new Ledger(join(folder, 'ledger'));
  id = newMessageId();
  await db.query(
    `with t as (insert into tenants (name) values ('one') returning id),
       d as (insert into domains (tenant_id, name, state) select id, $1, 'active' from t returning id, tenant_id),
       m as (insert into messages (id, tenant_id, node, sender, bytes, received_at, scan)
         select $2::uuid, tenant_id, 'n', 's@elsewhere.test', 9, now(), 'clean' from d)
     insert into deliveries (id, message_id, tenant_id, domain_id, node, recipient, bytes, state, attempts, next_attempt_at, expires_at)
     select $3::uuid, $2::uuid, tenant_id, id, 'n', $4, 9, 'held', 1, now(), now() + interval '1 day' from d`,
    [domain, id, deliveryId(id, 0), held],
  );
  await db.query(`update domain_counters set held = 1, held_bytes = 9`);
  await put(id);
  ledger.acknowledge([held], id);
});
afterEach(async () => {
  ledger?.close();
  await spool?.close();
  await db?.end();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

async function put(messageId: string): Promise<void> {
  const client = { address: '127.0.0.1', helo: 'x', protocol: 'ESMTP' };
  const envelope = {
    tenantId: id,
    sender: '',
    recipients: [],
    client,
    receivedAt: '',
    bytes: 9,
    scan: 'clean',
  };
  await spool.put([{ id: messageId, envelope: envelope as never, body: Buffer.from('a: b\r\n\r\nc') }]);
  await spool.markRegistered([messageId]);
}

const count = () => reckon({ db, spool }, domain, ledger, new Arrivals([]));

it('finds nothing where all is well', async () => {
  expect(await count()).toEqual({ delivered: 0, held: 1, ended: 0, lost: [], findings: [] });
  expect(await unneeded({ db, spool })).toEqual([]);
  expect((await unsettled({ db, spool }, domain, ledger, new Arrivals([]))).sentences).toEqual([]);
});

it('finds a promise without a row', async () => {
  ledger.acknowledge([`good+2.1@${domain}`], newMessageId());
  expect((await count()).lost).toEqual([
    `good+2.1@${domain} was promised, and is lost: Postgres says nothing`,
  ]);
});

it('finds a row that waits without its body: the promise is lost', async () => {
  await spool.remove([id]);
  const { lost, findings } = await count();
  expect(lost).toHaveLength(1);
  expect(findings).toContain(`${id} waits, and has no body`);
});

it('finds a delivered row of which the primary knows nothing', async () => {
  await db.query(
    `insert into settled_deliveries (id, message_id, tenant_id, domain_id, recipient, bytes, state, attempts)
     select gen_random_uuid(), message_id, tenant_id, domain_id, $1, 9, 'delivered', 1 from deliveries`,
    [`good+3.1@${domain}`],
  );
  ledger.acknowledge([`good+3.1@${domain}`], id);
  expect((await count()).lost).toEqual([
    `good+3.1@${domain} was promised, and is lost: Postgres says delivered`,
  ]);
});

it('finds bodies that Postgres does not know, and such as nobody needs', async () => {
  const unknown = newMessageId();
  await put(unknown);
  expect((await count()).findings).toEqual([`${unknown} is in the spool, and Postgres does not know it`]);
  expect(await unneeded({ db, spool })).toEqual([unknown]);
});

it('finds a counter that is wrong', async () => {
  await db.query('update domain_counters set held = 2');
  expect((await count()).findings).toEqual(['the counter held says 2, and there are 1']);
});

it('knows what is still under way', async () => {
  await db.query(`update deliveries set state = 'sending'`);
  const { sentences } = await unsettled({ db, spool }, domain, ledger, new Arrivals([]));
  expect(sentences).toEqual([`${held} is sending after 1 attempts`]);
});
