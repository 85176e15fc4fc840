import { deliveryId, newMessageId } from '@holdfast/mail';
import { openPool } from '@holdfast/database';
import { throwAwayDatabase, type ThrowAwayDatabase } from '@holdfast/database/testing';
import type pg from 'pg';
import {
  claimDue,
  countDeliveries,
  domainsWithDueMail,
  freeStaleClaims,
  listDeliveries,
  makeDue,
  pullLever,
  registerMessages,
  settle as settleAs,
  type MessageToRegister,
} from './index';

let database: ThrowAwayDatabase;
let owner: pg.Pool;
let ingress: pg.Pool;
let relay: pg.Pool;
let operator: pg.Pool;
let tenantId: string;
let domainId: string;
let names = 0;

const node = 'node-1';

beforeAll(async () => {
  database = await throwAwayDatabase();
  owner = openPool({ url: database.url, program: 'spec' });
  ingress = openPool({ url: database.urlAs('ingress'), program: 'spec' });
  relay = openPool({ url: database.urlAs('relay'), program: 'spec' });
  operator = openPool({ url: database.urlAs('operator'), program: 'spec' });
  tenantId = (await owner.query(`insert into tenants (name) values ('spec') returning id`)).rows[0].id;
});

beforeEach(async () => {
  await owner.query('truncate deliveries, settled_deliveries, messages, attempts');
  domainId = (
    await owner.query(`insert into domains (tenant_id, name) values ($1, $2) returning id`, [
      tenantId,
      `d${++names}.test`,
    ])
  ).rows[0].id;
});

afterAll(async () => {
  await Promise.all([owner, ingress, relay, operator].map((pool) => pool?.end()));
  await database?.drop();
});

function message(recipients = 1, more: Partial<MessageToRegister> = {}): MessageToRegister {
  return {
    id: newMessageId(),
    tenantId,
    node,
    sender: 'sender@elsewhere.test',
    bytes: 100,
    receivedAt: new Date().toISOString(),
    clientAddress: '192.0.2.1',
    clientName: null,
    helo: 'elsewhere.test',
    tls: null,
    scan: 'clean',
    score: 0,
    symbols: { R_SPF_ALLOW: -0.2 },
    recipients: Array.from({ length: recipients }, (_, n) => ({
      address: `r${n}@spec.test`,
      domainId,
      expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    })),
    ...more,
  };
}

const settle = (db: pg.Pool, outcomes: Parameters<typeof settleAs>[1], worker = 'w1') =>
  settleAs(db, outcomes, worker);
const claim = (limit = 10, worker = 'w1', leaseSeconds = 60) =>
  claimDue(relay, { domainId, node, worker, limit, leaseSeconds });

/** The counters say what a recount says; asked after every story. */
afterEach(async () => {
  const { rows } = await owner.query(
    `select count(*) filter (where state = 'held')::int as held, coalesce(sum(bytes) filter (where state = 'held'), 0)::int as held_bytes,
       count(*) filter (where state = 'sending')::int as sending, count(*) filter (where state = 'quarantined')::int as quarantined,
       (select count(*) from settled_deliveries s where s.domain_id = $1 and s.state = 'delivered')::int as delivered,
       (select count(*) from settled_deliveries s where s.domain_id = $1 and s.state = 'refused')::int as refused,
       (select count(*) from settled_deliveries s where s.domain_id = $1 and s.state = 'expired')::int as expired,
       (select count(*) from settled_deliveries s where s.domain_id = $1 and s.state = 'discarded')::int as discarded
     from deliveries where domain_id = $1`,
    [domainId],
  );
  const kept = await owner.query(
    `select held, held_bytes, sending, quarantined, delivered, refused, expired, discarded from domain_counters where domain_id = $1`,
    [domainId],
  );
  expect(kept.rows[0]).toEqual(rows[0]);
});

describe('registering', () => {
  it('holds a delivery for each recipient', async () => {
    expect(await registerMessages(ingress, [message(2), message(1)])).toBe(2);
    expect(await countDeliveries(operator, domainId)).toMatchObject({ held: 3 });
  });

  it('is the same when it happens twice', async () => {
    const batch = [message(2), message(3)];
    await registerMessages(ingress, batch);
    expect(await registerMessages(ingress, batch)).toBe(0);
    expect(await countDeliveries(operator, domainId)).toMatchObject({ held: 5 });
  });

  it('does not bring back what was delivered meanwhile', async () => {
    const once = message();
    await registerMessages(ingress, [once]);
    const [claimed] = await claim();
    await settle(relay, [
      { deliveryId: String(claimed?.id), kind: 'delivered', reply: '250 ok', with: 'mx:25' },
    ]);
    expect(await registerMessages(ingress, [once])).toBe(0);
    expect(await countDeliveries(operator, domainId)).toMatchObject({ held: 0, delivered: 1 });
  });

  it('puts aside what is to be quarantined', async () => {
    const bad = message();
    bad.recipients = bad.recipients.map((recipient) => ({ ...recipient, isQuarantined: true }));
    await registerMessages(ingress, [bad]);
    expect(await claim()).toEqual([]);
    expect(await countDeliveries(operator, domainId)).toMatchObject({ held: 0, quarantined: 1 });
  });
});

describe('claiming', () => {
  it('takes the oldest first and never the same twice', async () => {
    const batch = [message(), message(), message()];
    await registerMessages(ingress, batch);
    const [first, second] = await Promise.all([claim(2, 'w1'), claim(2, 'w2')]);
    const ids = [...(first ?? []), ...(second ?? [])].map(({ messageId }) => messageId);
    expect(ids.length).toBeGreaterThanOrEqual(2);
    expect(new Set(ids).size).toBe(ids.length);
    const rest = await claim();
    expect(ids.length + rest.length).toBe(3);
  });

  it('gives what a relay needs to know', async () => {
    const one = message();
    await registerMessages(ingress, [one]);
    expect(await claim()).toMatchObject([
      {
        id: deliveryId(one.id, 0),
        messageId: one.id,
        recipient: 'r0@spec.test',
        sender: 'sender@elsewhere.test',
        attempts: 0,
        scan: 'clean',
        bytes: 100,
      },
    ]);
  });

  it('leaves other nodes’ mail to them', async () => {
    await registerMessages(ingress, [message(1, { node: 'node-2' })]);
    expect(await claim()).toEqual([]);
  });

  it('is worth a try only where something is due', async () => {
    await registerMessages(ingress, [message()]);
    expect(await domainsWithDueMail(relay, node)).toContain(domainId);
    expect(await domainsWithDueMail(relay, 'node-2')).not.toContain(domainId);
    const [one] = await claim();
    await settle(relay, [
      { deliveryId: String(one?.id), kind: 'deferred', reply: '451', with: 'mx:25', retryAfterSeconds: 3600 },
    ]);
    expect(await domainsWithDueMail(relay, node)).not.toContain(domainId);
    await makeDue(relay, domainId);
    expect(await domainsWithDueMail(relay, node)).toContain(domainId);
  });

  it('is undone by itself when the relay died', async () => {
    await registerMessages(ingress, [message(2)]);
    await claim(10, 'w1', -1);
    expect(await freeStaleClaims(relay)).toEqual([domainId]);
    expect(await claim()).toHaveLength(2);
  });
});

describe('settling', () => {
  it('ends, defers, quarantines and gives back in one batch', async () => {
    await registerMessages(ingress, [message(5)]);
    const claimed = await claim();
    const [delivered, refused, deferred, quarantined, back] = claimed.map(({ id }) => id) as [
      string,
      string,
      string,
      string,
      string,
    ];
    const bodies = await settle(relay, [
      { deliveryId: delivered, kind: 'delivered', reply: '250 ok', with: 'mx:25' },
      { deliveryId: refused, kind: 'refused', reply: '550 no', with: 'mx:25' },
      { deliveryId: deferred, kind: 'deferred', reply: '451 later', with: 'mx:25', retryAfterSeconds: 60 },
      { deliveryId: quarantined, kind: 'quarantined', reply: 'GTUBE', with: 'rspamd' },
      { deliveryId: back, kind: 'given-back', retryAfterSeconds: 0 },
    ]);
    expect(bodies).toEqual([]);
    expect(await countDeliveries(operator, domainId)).toEqual({
      held: 2,
      sending: 0,
      delivered: 1,
      refused: 1,
      expired: 0,
      discarded: 0,
      quarantined: 1,
    });
    // The deferred one is not due; the one that was given back is, and has no attempt to its name.
    expect(await claim()).toMatchObject([{ id: back, attempts: 0 }]);
  });

  it('says when nobody needs the body any more', async () => {
    const two = message(2);
    await registerMessages(ingress, [two]);
    const [first, second] = (await claim()).map(({ id }) => id) as [string, string];
    const done = (id: string) =>
      settle(relay, [{ deliveryId: id, kind: 'delivered', reply: '250', with: 'mx:25' }]);
    expect(await done(first)).toEqual([]);
    expect(await done(second)).toEqual([two.id]);
  });

  it('believes a primary’s 250 though the lease is gone', async () => {
    await registerMessages(ingress, [message()]);
    const [one] = await claim(1, 'w1', -1);
    await freeStaleClaims(relay);
    await settle(relay, [{ deliveryId: String(one?.id), kind: 'delivered', reply: '250', with: 'mx:25' }]);
    expect(await countDeliveries(operator, domainId)).toMatchObject({ held: 0, delivered: 1 });
  });

  it('does not let a relay that came late set free what another one is sending', async () => {
    await registerMessages(ingress, [message()]);
    const [one] = await claim(1, 'w1', -1);
    await freeStaleClaims(relay);
    await claim(1, 'w2');
    await settle(relay, [{ deliveryId: String(one?.id), kind: 'given-back', retryAfterSeconds: 0 }], 'w1');
    expect(await countDeliveries(operator, domainId)).toMatchObject({ held: 0, sending: 1 });
  });

  it('changes nothing the second time', async () => {
    await registerMessages(ingress, [message()]);
    const [one] = await claim();
    const outcome = { deliveryId: String(one?.id), kind: 'delivered', reply: '250', with: 'mx:25' } as const;
    await settle(relay, [outcome]);
    await settle(relay, [outcome]);
    expect(await countDeliveries(operator, domainId)).toMatchObject({ delivered: 1 });
  });
});

describe('levers', () => {
  it('hold keeps it, release lets it go', async () => {
    await registerMessages(ingress, [message()]);
    expect(await pullLever(operator, 'hold', { domainId })).toBe(1);
    expect(await claim()).toEqual([]);
    expect(await pullLever(operator, 'release', { domainId })).toBe(1);
    expect(await claim()).toHaveLength(1);
  });

  it('release takes out of quarantine', async () => {
    const bad = message();
    bad.recipients = bad.recipients.map((recipient) => ({ ...recipient, isQuarantined: true }));
    await registerMessages(ingress, [bad]);
    expect(await pullLever(operator, 'release', { deliveries: [deliveryId(bad.id, 0)] })).toBe(1);
    expect(await claim()).toHaveLength(1);
  });

  it('retry makes a deferred one due', async () => {
    await registerMessages(ingress, [message()]);
    const [one] = await claim();
    await settle(relay, [
      { deliveryId: String(one?.id), kind: 'deferred', reply: '451', with: 'mx:25', retryAfterSeconds: 3600 },
    ]);
    expect(await claim()).toEqual([]);
    await pullLever(operator, 'retry', { domainId });
    expect(await claim()).toMatchObject([{ attempts: 1 }]);
  });

  it('discard is an end, and spares what is being sent', async () => {
    await registerMessages(ingress, [message(), message()]);
    await claim(1);
    expect(await pullLever(operator, 'discard', { domainId })).toBe(1);
    expect(await countDeliveries(operator, domainId)).toMatchObject({ held: 0, sending: 1, discarded: 1 });
  });

  it('in a tenant’s hands move only the tenant’s mail', async () => {
    const api = openPool({ url: database.urlAs('api'), program: 'spec' });
    await registerMessages(ingress, [message()]);
    const client = await api.connect();
    try {
      await client.query('begin');
      await client.query(`select set_config('holdfast.tenant_id', gen_random_uuid()::text, true)`);
      expect(await pullLever(client, 'discard', { domainId })).toBe(0);
      await client.query(`select set_config('holdfast.tenant_id', $1, true)`, [tenantId]);
      expect(await pullLever(client, 'discard', { domainId })).toBe(1);
      await client.query('commit');
    } finally {
      client.release();
      await api.end();
    }
  });
});

describe('the list', () => {
  it('pages through what waits and what is settled, newest first', async () => {
    for (let n = 0; n < 5; n++)
      await registerMessages(ingress, [message(1, { id: newMessageId(Date.now() + n) })]);
    const [first] = await claim(1);
    await settle(relay, [{ deliveryId: String(first?.id), kind: 'delivered', reply: '250', with: 'mx:25' }]);
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await listDeliveries(operator, { domainId, limit: 2, ...(after ? { after } : {}) });
      seen.push(...page.items.map(({ deliveryId: id }) => id));
      after = page.next ?? undefined;
    } while (after);
    expect(seen).toHaveLength(5);
    expect(seen).toEqual([...seen].sort().reverse());
  });

  it('keeps to one state', async () => {
    await registerMessages(ingress, [message(2)]);
    const [one] = await claim(1);
    await settle(relay, [{ deliveryId: String(one?.id), kind: 'refused', reply: '550 no', with: 'mx:25' }]);
    expect((await listDeliveries(operator, { domainId, state: 'refused', limit: 10 })).items).toMatchObject([
      { state: 'refused', lastReply: '550 no' },
    ]);
    expect((await listDeliveries(operator, { domainId, state: 'held', limit: 10 })).items).toHaveLength(1);
  });
});
