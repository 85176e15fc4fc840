import { deliveryId, newMessageId } from '@holdfast/mail';
import { openPool } from '@holdfast/database';
import { throwAwayDatabase, type ThrowAwayDatabase } from '@holdfast/database/testing';
import type pg from 'pg';
import {
  claimDue,
  expireDue,
  freeStaleClaims,
  leverNames,
  makeDue,
  makeJob,
  pullLever,
  registerMessages,
  settle,
  takeJob,
  workPage,
  type Outcome,
} from './index';
import { recount } from './testing';

// Many hands at the same mail at the same time, as on a bad day: afterwards every kept counter is what a recount says.

let database: ThrowAwayDatabase;
let owner: pg.Pool;
let tenantId: string;
let domains: string[];
const known: string[] = [];
const node = 'node-1';

beforeAll(async () => {
  database = await throwAwayDatabase();
  owner = openPool({ url: database.url, max: 10, program: 'spec' });
  tenantId = (await owner.query(`insert into tenants (name) values ('chaos') returning id`)).rows[0].id;
  const { rows } = await owner.query<{ id: string }>(
    `insert into domains (tenant_id, name) select $1, 'd' || n || '.test' from generate_series(1, 4) n returning id`,
    [tenantId],
  );
  domains = rows.map(({ id }) => id);
});
afterAll(async () => {
  await owner?.end();
  await database?.drop();
});

/** Mulberry32: the same numbers for the same seed, so that a bad day can be had again. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

async function oneDeed(random: () => number, worker: string): Promise<void> {
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const domainId = one(domains);
  const some = Array.from({ length: 20 }, () => one(known)).filter(Boolean);
  const deed = Math.floor(random() * 10);
  if (deed < 3) return register(random);
  if (deed < 6) {
    const limit = 1 + Math.floor(random() * 40);
    // A lease in the past: others find the claim stale while this one still settles it.
    const leaseSeconds = random() < 0.2 ? -1 : 60;
    const claimed = await claimDue(owner, { domainId, node, worker, limit, leaseSeconds });
    const outcomes = claimed.map(({ id }) => outcomeFor(id, random()));
    await settle(owner, outcomes, worker);
    if (random() < 0.3) await settle(owner, outcomes, worker);
    return;
  }
  if (deed === 6)
    return void (await pullLever(
      owner,
      one(leverNames),
      random() < 0.3 ? { domainId } : { deliveries: some },
    ));
  if (deed === 7) return void (await expireDue(owner, { domainId, retentionDays: 0, node }));
  if (deed === 8) return void (await freeStaleClaims(owner, random() < 0.3 ? worker : undefined));
  if (random() < 0.5) return makeDue(owner, domainId);
  await makeJob(owner, { tenantId, lever: one(leverNames), domainId, by: 'chaos' });
  const job = await takeJob(owner);
  if (job) await inTransaction((db) => workPage(db, job.id));
}

function outcomeFor(deliveryId: string, chance: number): Outcome {
  const said = { deliveryId, reply: '250 or not', with: 'mx:25' };
  if (chance < 0.3) return { ...said, kind: 'delivered' };
  if (chance < 0.4) return { ...said, kind: 'refused' };
  if (chance < 0.6) return { ...said, kind: 'deferred', retryAfterSeconds: 0 };
  if (chance < 0.8) return { deliveryId, kind: 'given-back', retryAfterSeconds: 0 };
  return { ...said, kind: 'quarantined' };
}

async function register(random: () => number): Promise<void> {
  const batch = Array.from({ length: 1 + Math.floor(random() * 10) }, () => {
    const id = newMessageId();
    const recipients = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, n) => ({
      address: `r${n}@d.test`,
      domainId: domains[Math.floor(random() * domains.length)] as string,
      expiresAt: new Date(Date.now() + (random() < 0.1 ? -1_000 : 86_400_000)).toISOString(),
      isQuarantined: random() < 0.1,
    }));
    known.push(...recipients.map((_, n) => deliveryId(id, n)));
    return {
      id,
      tenantId,
      node,
      sender: 's@elsewhere.test',
      bytes: 1 + Math.floor(random() * 1_000),
      receivedAt: new Date().toISOString(),
      clientAddress: null,
      clientName: null,
      helo: null,
      tls: null,
      scan: 'clean' as const,
      score: null,
      symbols: null,
      recipients,
    };
  });
  await registerMessages(owner, batch);
}

async function inTransaction(work: (db: pg.PoolClient) => Promise<unknown>): Promise<void> {
  const client = await owner.connect();
  try {
    await client.query('begin');
    await work(client);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

it.each([1, 2, 3])(
  'every counter is what a recount says, after bad day %i',
  async (seed) => {
    const hands = Array.from({ length: 8 }, async (_, hand) => {
      const random = randomOf(seed * 1_000 + hand);
      for (let n = 0; n < 120; n++) await oneDeed(random, `w${hand}`);
    });
    await Promise.all(hands);
    expect(await recount(owner)).toEqual([]);
    const { rows } = await owner.query('select sum(received)::int as n from domain_counters');
    expect(rows[0].n).toBe(known.length);
  },
  60_000,
);
