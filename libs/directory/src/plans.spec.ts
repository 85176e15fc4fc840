import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPool } from '@holdfast/database';
import { throwAwayDatabase, type ThrowAwayDatabase } from '@holdfast/database/testing';
import type pg from 'pg';
import { Directory } from './index';

// Whose word on a limit counts, and how soon.

let database: ThrowAwayDatabase;
let owner: pg.Pool;
let folder: string;
let directory: Directory;
const readings: (() => void)[] = [];

const many = 300;

beforeAll(async () => {
  database = await throwAwayDatabase();
  owner = openPool({ url: database.url, program: 'spec' });
  folder = await mkdtemp(join(tmpdir(), 'holdfast-plans-'));
  await owner.query(
    `insert into plans (name, max_held_messages, retention_days) values ('small', 10, 7), ('wide', 20, null)`,
  );
  await owner.query(
    `insert into tenants (name, plan_id) select 'w' || n, (select id from plans where name = 'wide') from generate_series(1, $1::int) n`,
    [many],
  );
  await owner.query(
    `insert into tenants (name, plan_id, max_held_bytes) values ('one', (select id from plans where name = 'small'), 1000)`,
  );
  await owner.query(
    `insert into domains (tenant_id, name, state, max_message_bytes) select id, name || '.test', 'active', 500 from tenants`,
  );
  directory = await Directory.open({
    databaseUrl: database.urlAs('ingress'),
    copyFile: join(folder, 'directory.json'),
    onLoaded: () => readings.splice(0).forEach((wake) => wake()),
  });
});

afterAll(async () => {
  await directory?.close();
  await owner?.end();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

/** Changes something, and waits until the directory says so. @returns after how many ms it did */
async function change(sql: string, isKnown: () => boolean): Promise<number> {
  await owner.query(sql);
  const began = performance.now();
  while (!isKnown()) await new Promise<void>((resolve) => readings.push(resolve));
  return performance.now() - began;
}

const limits = (name = 'one') => directory.find(`${name}.test`)?.limits;

it('a tenant’s own word counts, else its plan’s, and a domain’s when it is stricter', () => {
  expect(directory.find('one.test')).toMatchObject({
    retentionDays: 7,
    limits: { maxHeldMessages: 10, maxHeldBytes: 1000, maxMessageBytes: 500, maxMessagesPerHour: null },
  });
});

it('a changed plan is in force within a second, for one tenant or for hundreds', async () => {
  expect(
    await change(
      `update plans set max_message_bytes = 400, retention_days = 3 where name = 'small'`,
      () => limits()?.maxMessageBytes === 400 && directory.find('one.test')?.retentionDays === 3,
    ),
  ).toBeLessThan(1_000);
  expect(
    await change(`update plans set max_messages_per_hour = 5 where name = 'wide'`, () =>
      Array.from({ length: many }, (_, n) => limits(`w${n + 1}`)).every((of) => of?.maxMessagesPerHour === 5),
    ),
  ).toBeLessThan(1_000);
  expect(limits()?.maxMessagesPerHour).toBeNull();
});

it('so are another plan, none, and an own word on what the plan says', async () => {
  await change(
    `update tenants set plan_id = (select id from plans where name = 'wide') where name = 'one'`,
    () => limits()?.maxHeldMessages === 20,
  );
  expect(directory.find('one.test')?.retentionDays).toBe(30);
  await change(
    `update tenants set max_held_messages = 0 where name = 'one'`,
    () => limits()?.maxHeldMessages === 0,
  );
  await change(
    `update tenants set plan_id = null, max_held_messages = null, retention_days = 90 where name = 'one'`,
    () => limits()?.maxHeldMessages === null,
  );
  expect(directory.find('one.test')?.retentionDays).toBe(90);
  await change(
    `update domains set retention_days = 1 where name = 'one.test'`,
    () => directory.find('one.test')?.retentionDays === 1,
  );
});
