import { openPool } from '@holdfast/database';
import { throwAwayDatabase, type ThrowAwayDatabase } from '@holdfast/database/testing';
import { deliveryId, newMessageId } from '@holdfast/mail';
import type pg from 'pg';
import {
  adoptOrphans,
  claimDue,
  countDeliveries,
  domainsToExpire,
  endOrphans,
  expireDue,
  freeStaleClaims,
  listDeliveries,
  orphanedDomains,
  pullLever,
  registerMessages,
  settle,
  withoutDeliveries,
  type Expired,
} from './index';

const day = 86_400_000;
const node = 'node-1';
let database: ThrowAwayDatabase;
let owner: pg.Pool;
let relay: pg.Pool;
let tenantId: string;
let domainId: string;
let names = 0;

beforeAll(async () => {
  database = await throwAwayDatabase();
  owner = openPool({ url: database.url, program: 'spec' });
  relay = openPool({ url: database.urlAs('relay'), program: 'spec' });
  tenantId = (await owner.query(`insert into tenants (name) values ('spec') returning id`)).rows[0].id;
});
afterAll(async () => {
  await Promise.all([owner, relay].map((pool) => pool?.end()));
  await database?.drop();
});
beforeEach(async () => {
  await owner.query('truncate deliveries, settled_deliveries, messages, attempts, reports');
  domainId = await addDomain(`d${++names}.test`);
});

async function addDomain(name: string): Promise<string> {
  return (
    await owner.query(`insert into domains (tenant_id, name, state) values ($1, $2, 'active') returning id`, [
      tenantId,
      name,
    ])
  ).rows[0].id;
}

/** A message that came so long ago, and was promised so many days. */
async function hold(
  localParts: string[],
  { daysAgo = 0, days = 30, at = node, quarantined = '' } = {},
): Promise<string> {
  const received = Date.now() - daysAgo * day;
  const id = newMessageId(received);
  await registerMessages(owner, [
    {
      id,
      tenantId,
      node: at,
      sender: 'sender@elsewhere.test',
      bytes: 100,
      receivedAt: new Date(received).toISOString(),
      clientAddress: null,
      clientName: null,
      helo: null,
      tls: null,
      scan: 'clean',
      score: null,
      symbols: null,
      recipients: localParts.map((localPart) => ({
        address: `${localPart}@d${names}.test`,
        domainId,
        expiresAt: new Date(received + days * day).toISOString(),
        ...(localPart === quarantined ? { isQuarantined: true, reason: 'Spam' } : {}),
      })),
    },
  ]);
  return id;
}

async function expire(by = node): Promise<Expired[]> {
  const ended: Expired[] = [];
  for (const domain of await domainsToExpire(relay))
    ended.push(...(await expireDue(relay, { ...domain, node: by })));
  return ended;
}

const states = async (): Promise<string[]> =>
  (await listDeliveries(owner, { tenantId, limit: 50 })).items.map(
    ({ recipient, state }) => `${recipient.split('@')[0]} ${state}`,
  );

it('looks at every state that waits, a lease that ran out included, and writes who is to hear of it', async () => {
  const id = await hold(['held', 'parked', 'quarantined', 'sending'], {
    daysAgo: 31,
    quarantined: 'quarantined',
  });
  await pullLever(owner, 'hold', { deliveries: [deliveryId(id, 1)] });
  await owner.query(
    `update deliveries set state = 'sending', claimed_by = 'w', lease_until = now() - interval '1 minute' where id = $1`,
    [deliveryId(id, 3)],
  );
  await owner.query(
    'update domain_counters set held = held - 1, held_bytes = held_bytes - bytes, sending = 1 from (select 100 as bytes) b where domain_id = $1',
    [domainId],
  );
  await freeStaleClaims(relay);
  expect(await expire()).toHaveLength(4);
  expect(await countDeliveries(owner, domainId)).toMatchObject({
    held: 0,
    sending: 0,
    quarantined: 0,
    expired: 4,
  });
  const { rows } = await owner.query(
    'select outcome, was_quarantined, decided_at from reports order by delivery_id',
  );
  expect(rows).toEqual([
    { outcome: 'expired', was_quarantined: false, decided_at: null },
    { outcome: 'expired', was_quarantined: false, decided_at: null },
    { outcome: 'expired', was_quarantined: true, decided_at: null },
    { outcome: 'expired', was_quarantined: false, decided_at: null },
  ]);
});

it('ends nothing before its time, and nothing that is being sent', async () => {
  await hold(['young'], { daysAgo: 29 });
  await hold(['claimed'], { daysAgo: 31 });
  await claimDue(relay, { domainId, node, worker: 'w', limit: 10, leaseSeconds: 60 });
  expect(await expire()).toEqual([]);
});

it('holds on to what waits when the retention is made longer, and takes nothing back when it is made shorter', async () => {
  await hold(['old'], { daysAgo: 31 });
  await owner.query('update tenants set retention_days = 60 where id = $1', [tenantId]);
  expect(await expire()).toEqual([]);
  await owner.query('update tenants set retention_days = null where id = $1', [tenantId]);
  await hold(['agreed'], { daysAgo: 5 });
  await owner.query('update domains set retention_days = 1 where id = $1', [domainId]);
  expect(await expire()).toHaveLength(1);
  expect(await states()).toEqual(['agreed held', 'old expired']);
});

it('leaves another node its own mail for a day, and then does it in its place', async () => {
  await hold(['late'], { daysAgo: 30.5, at: 'node-2' });
  expect(await expire()).toEqual([]);
  await hold(['lost'], { daysAgo: 31.5, at: 'node-2' });
  expect(await expire()).toHaveLength(1);
  expect((await owner.query('select node from reports')).rows).toEqual([{ node }]);
});

it('keeps a body until somebody has decided about the report', async () => {
  const id = await hold(['refused']);
  await claimDue(relay, { domainId, node, worker: 'w', limit: 1, leaseSeconds: 60 });
  const outcome = {
    deliveryId: deliveryId(id, 0),
    kind: 'refused' as const,
    reply: '550 5.1.1 no',
    with: 'mx:25',
  };
  expect(await settle(relay, [outcome], 'w')).toEqual([]);
  await settle(relay, [outcome], 'w');
  expect((await owner.query('select outcome from reports')).rows).toEqual([{ outcome: 'refused' }]);
  await owner.query('update reports set decided_at = now()');
  expect(await withoutDeliveries(relay, [id])).toEqual([id]);
});

describe('a domain that was removed while mail waited', () => {
  const remove = () => owner.query('delete from domains where id = $1', [domainId]);

  it('is seen, its mail gets a day, and then an end with its name', async () => {
    await hold(['recent', 'aside'], { quarantined: 'aside' });
    await hold(['old', 'aside-too'], { daysAgo: 2, quarantined: 'aside-too' });
    await remove();
    expect(await orphanedDomains(relay)).toEqual([domainId]);
    expect(await endOrphans(relay, { domainId, node })).toHaveLength(2);
    expect((await states()).sort()).toEqual([
      'aside quarantined',
      'aside-too discarded',
      'old discarded',
      'recent held',
    ]);
    const { items } = await listDeliveries(owner, { tenantId, state: 'discarded', limit: 1 });
    expect(items[0]?.lastReply).toBe('Its domain was removed from here while it waited');
    expect((await owner.query('select outcome from reports')).rows).toHaveLength(2);
  });

  it('takes its mail back when it is added again', async () => {
    await hold(['one', 'aside'], { quarantined: 'aside' });
    const gone = domainId;
    await remove();
    const again = await addDomain(`d${names}.test`);
    expect(await adoptOrphans(relay, gone)).toBe(2);
    expect(await orphanedDomains(relay)).toEqual([]);
    expect(await countDeliveries(owner, again)).toMatchObject({ held: 1, quarantined: 1 });
  });
});
