import { openPool } from '@holdfast/database';
import { throwAwayDatabase, type ThrowAwayDatabase } from '@holdfast/database/testing';
import { deliveryId, newMessageId } from '@holdfast/mail';
import type pg from 'pg';
import {
  claimDue,
  countDeliveries,
  forgetCopies,
  registerMessages,
  replayDelivered,
  settle,
  shortenKeeping,
  withoutDeliveries,
} from './index';

const hour = 3_600_000;
const node = 'node-1';
let database: ThrowAwayDatabase;
let owner: pg.Pool;
let relay: pg.Pool;
let api: pg.Pool;
let tenantId: string;
let domainId: string;
let names = 0;

beforeAll(async () => {
  database = await throwAwayDatabase();
  owner = openPool({ url: database.url, program: 'spec' });
  relay = openPool({ url: database.urlAs('relay'), program: 'spec' });
  api = openPool({ url: database.urlAs('api'), program: 'spec' });
  tenantId = (await owner.query(`insert into tenants (name) values ('spec') returning id`)).rows[0].id;
});
afterAll(async () => {
  await Promise.all([owner, relay, api].map((pool) => pool?.end()));
  await database?.drop();
});
beforeEach(async () => {
  await owner.query('truncate deliveries, settled_deliveries, messages, attempts, reports, kept_copies');
  domainId = (
    await owner.query(
      `insert into domains (tenant_id, name, keep_delivered_hours) values ($1, $2, 24) returning id`,
      [tenantId, `d${++names}.test`],
    )
  ).rows[0].id;
});

/** A message to so many, delivered at `at`. @returns its id and which bodies may go */
async function deliver(recipients: number, at = new Date()): Promise<{ id: string; bodies: string[] }> {
  const id = newMessageId(at.getTime());
  await registerMessages(owner, [
    {
      id,
      tenantId,
      node,
      sender: 's@elsewhere.test',
      bytes: 100,
      receivedAt: at.toISOString(),
      clientAddress: null,
      clientName: null,
      helo: null,
      tls: null,
      scan: 'clean',
      score: null,
      symbols: null,
      recipients: Array.from({ length: recipients }, (_, n) => ({
        address: `r${n}@spec.test`,
        domainId,
        expiresAt: new Date(at.getTime() + 30 * 24 * hour).toISOString(),
      })),
    },
  ]);
  return { id, bodies: await deliverDue(at) };
}

async function deliverDue(at = new Date()): Promise<string[]> {
  const asOf = new Date(at.getTime() + 1_000);
  const claimed = await claimDue(relay, { domainId, node, worker: 'w', limit: 100, leaseSeconds: 60, asOf });
  const outcomes = claimed.map(({ id }) => ({
    deliveryId: id,
    kind: 'delivered' as const,
    reply: '250 ok',
    with: 'mx:25',
  }));
  return settle(relay, outcomes, 'w', asOf);
}

it('keeps a body for the hours that the domain says, and not a moment where it says none', async () => {
  const { id, bodies } = await deliver(2);
  expect(bodies).toEqual([]);
  expect(await forgetCopies(relay, { node })).toEqual([]);
  expect(await forgetCopies(relay, { node, asOf: new Date(Date.now() + 25 * hour) })).toEqual([id, id]);
  expect(await withoutDeliveries(relay, [id])).toEqual([id]);
  await owner.query('update domains set keep_delivered_hours = 0 where id = $1', [domainId]);
  const plain = await deliver(1);
  expect(plain.bodies).toEqual([plain.id]);
});

it('makes new deliveries that name the old ones, and counts them', async () => {
  const { id } = await deliver(3);
  expect(await countDeliveries(owner, domainId)).toMatchObject({ held: 0, delivered: 3 });
  expect(await replayDelivered(owner, { domainId })).toBe(3);
  const { rows } = await owner.query(
    'select id, replay_of, recipient, state, attempts from deliveries order by id',
  );
  expect(rows).toEqual(
    [0, 1, 2].map((n) => ({
      id: deliveryId(id, n + 3),
      replay_of: deliveryId(id, n),
      recipient: `r${n}@spec.test`,
      state: 'held',
      attempts: 0,
    })),
  );
  expect(await countDeliveries(owner, domainId)).toMatchObject({ held: 3, delivered: 3 });
  // Two clicks send once.
  expect(await replayDelivered(owner, { domainId })).toBe(0);
  expect(await deliverDue()).toEqual([]);
  expect(await countDeliveries(owner, domainId)).toMatchObject({ held: 0, delivered: 6 });
  const [counters] = (
    await owner.query('select received, held_bytes from domain_counters where domain_id = $1', [domainId])
  ).rows;
  expect(counters).toEqual({ received: 6, held_bytes: 0 });
  const settled = await owner.query(
    'select count(*)::int as n from settled_deliveries where replay_of is not null',
  );
  expect(settled.rows).toEqual([{ n: 3 }]);
  // And what was delivered again can be sent once more.
  expect(await replayDelivered(owner, { deliveries: [deliveryId(id, 4)] })).toBe(1);
});

it('takes what was delivered within a time, and nothing whose hours are over', async () => {
  const now = Date.now();
  const early = await deliver(1, new Date(now - 20 * hour));
  const late = await deliver(1, new Date(now - 2 * hour));
  await deliver(1, new Date(now - 30 * hour));
  const since = new Date(now - 3 * hour);
  expect(await replayDelivered(owner, { domainId, since })).toBe(1);
  expect(await replayDelivered(owner, { domainId, until: since })).toBe(1);
  const { rows } = await owner.query('select message_id from deliveries order by message_id');
  expect(rows.map(({ message_id }) => message_id)).toEqual([early.id, late.id]);
});

it('loses nothing when two people replay one message at the same moment', async () => {
  const { id } = await deliver(2);
  const both = [0, 1].map((n) => replayDelivered(owner, { deliveries: [deliveryId(id, n)] }));
  let total = (await Promise.all(both)).reduce((sum, n) => sum + n, 0);
  total += await replayDelivered(owner, { domainId });
  expect(total).toBe(2);
  const { rows } = await owner.query('select distinct replay_of from deliveries');
  expect(rows).toHaveLength(2);
});

it('is the tenant’s own: under its eyes it reaches no other’s copies', async () => {
  await deliver(1);
  const client = await api.connect();
  try {
    await client.query('begin');
    await client.query(`select set_config('holdfast.tenant_id', gen_random_uuid()::text, true)`);
    expect(await replayDelivered(client, { domainId })).toBe(0);
    await client.query(`select set_config('holdfast.tenant_id', $1, true)`, [tenantId]);
    expect(await replayDelivered(client, { domainId })).toBe(1);
    await client.query('commit');
  } finally {
    client.release();
  }
});

it('lets copies go sooner when the tenant says so, or when the disk is needed', async () => {
  const { id } = await deliver(1, new Date(Date.now() - 5 * hour));
  await shortenKeeping(owner, domainId, 72);
  expect(await forgetCopies(relay, { node })).toEqual([]);
  await shortenKeeping(owner, domainId, 4);
  expect(await forgetCopies(relay, { node })).toEqual([id]);
  const fresh = await deliver(1);
  expect(await forgetCopies(relay, { node, early: true })).toEqual([fresh.id]);
});
