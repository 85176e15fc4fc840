import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPool } from '@holdfast/database';
import { throwAwayDatabase, type ThrowAwayDatabase } from '@holdfast/database/testing';
import type pg from 'pg';
import { Directory, RecipientSet } from './index';

let database: ThrowAwayDatabase;
let owner: pg.Pool;
let folder: string;
let tenantId: string;

beforeAll(async () => {
  database = await throwAwayDatabase();
  owner = openPool({ url: database.url, program: 'spec' });
  folder = await mkdtemp(join(tmpdir(), 'holdfast-directory-'));
  tenantId = (
    await owner.query(`insert into tenants (name, max_held_messages) values ('spec', 7) returning id`)
  ).rows[0].id;
});

afterAll(async () => {
  await owner?.end();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

/** Opens a directory that tells of each of its readings. */
async function open(databaseUrl = database.urlAs('ingress')) {
  const readings: (() => void)[] = [];
  const directory = await Directory.open({
    databaseUrl,
    copyFile: join(folder, 'directory.json'),
    onLoaded: () => readings.splice(0).forEach((wake) => wake()),
  });
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise<void>((resolve) => readings.push(resolve));
  };
  return { directory, until };
}

async function addDomain(
  name: string,
  more: { policy?: string; recipients?: string[] } = {},
): Promise<string> {
  const { rows } = await owner.query(
    `insert into domains (tenant_id, name, state, recipient_policy) values ($1, $2, 'active', $3) returning id`,
    [tenantId, name, more.policy ?? 'any'],
  );
  const { id } = rows[0];
  await owner.query(
    `insert into primaries (tenant_id, domain_id, host, port) values ($1, $2, 'mail.' || $3, 2526)`,
    [tenantId, id, name],
  );
  for (const local of more.recipients ?? [])
    await owner.query(`insert into recipients values ($1, $2, $3)`, [tenantId, id, local]);
  return id;
}

it('knows what is in the tables when it opens', async () => {
  const domainId = await addDomain('first.test', { policy: 'list', recipients: ['known', 'Jürgen'] });
  const { directory } = await open();
  try {
    const entry = directory.find('first.test');
    expect(entry).toEqual({
      domainId,
      tenantId,
      name: 'first.test',
      state: 'active',
      isTenantSuspended: false,
      recipientPolicy: 'list',
      retentionDays: 30,
      primaries: [{ host: 'mail.first.test', port: 2526, tlsPolicy: 'opportunistic', preference: 10 }],
      limits: { maxHeldMessages: 7, maxHeldBytes: null, maxMessageBytes: null },
    });
    if (!entry) return;
    expect(['known', 'KNOWN', 'Jürgen', 'unknown'].map((local) => directory.lists(entry, local))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(directory.find('elsewhere.test')).toBeUndefined();
  } finally {
    await directory.close();
  }
});

it('follows: a domain comes, changes, its tenant is suspended, it goes', async () => {
  const { directory, until } = await open();
  try {
    const domainId = await addDomain('second.test');
    await until(() => directory.find('second.test')?.primaries.length === 1);
    await owner.query(`update domains set state = 'suspended' where id = $1`, [domainId]);
    await until(() => directory.find('second.test')?.state === 'suspended');
    await owner.query(`update tenants set is_suspended = true where id = $1`, [tenantId]);
    await until(() => directory.find('second.test')?.isTenantSuspended === true);
    await owner.query(`update tenants set is_suspended = false where id = $1`, [tenantId]);
    await owner.query(`delete from domains where id = $1`, [domainId]);
    await until(
      () => directory.find('second.test') === undefined && directory.findById(domainId) === undefined,
    );
    expect(directory.find('first.test')?.isTenantSuspended).toBe(false);
  } finally {
    await directory.close();
  }
});

it('hears of a change in less than a second', async () => {
  const { directory, until } = await open();
  try {
    await addDomain('quick.test');
    const began = performance.now();
    await until(() => directory.find('quick.test') !== undefined);
    expect(performance.now() - began).toBeLessThan(1000);
  } finally {
    await directory.close();
  }
});

it('opens with Postgres away, from the copy on disk', async () => {
  const first = await open();
  await addDomain('saved.test', { policy: 'list', recipients: ['someone'] });
  await first.until(() => first.directory.find('saved.test') !== undefined);
  await first.directory.close();
  const second = await Directory.open({
    databaseUrl: 'postgres://holdfast@127.0.0.1:1/none',
    copyFile: join(folder, 'directory.json'),
  });
  try {
    const entry = second.find('saved.test');
    expect(entry?.name).toBe('saved.test');
    expect(second.isCopyFromDisk).toBe(true);
    expect(second.confirmedAt).toBeUndefined();
    expect(entry && second.lists(entry, 'someone')).toBe(true);
  } finally {
    await second.close();
  }
});

it('keeps a million recipients in eight bytes each', () => {
  const set = RecipientSet.of(Array.from({ length: 100_000 }, (_, n) => `user${n}`));
  expect(set.has('user99999')).toBe(true);
  expect(set.has('user100000')).toBe(false);
  expect(Buffer.from(set.toText(), 'base64').length).toBe(800_000);
  expect(RecipientSet.fromText(set.toText()).has('USER7')).toBe(true);
});
