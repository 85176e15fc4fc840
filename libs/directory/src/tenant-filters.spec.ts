import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPool } from '@holdfast/database';
import { throwAwayDatabase, type ThrowAwayDatabase } from '@holdfast/database/testing';
import type pg from 'pg';
import { defaultFilter, Directory } from './index';

let database: ThrowAwayDatabase;
let owner: pg.Pool;
let folder: string;
let tenantId: string;

beforeAll(async () => {
  database = await throwAwayDatabase();
  owner = openPool({ url: database.url, program: 'spec' });
  folder = await mkdtemp(join(tmpdir(), 'holdfast-filters-'));
  tenantId = (await owner.query(`insert into tenants (name) values ('spec') returning id`)).rows[0].id;
});

afterAll(async () => {
  await owner?.end();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

it('the wishes of a tenant are known, followed, forgotten, and there without Postgres', async () => {
  const readings: (() => void)[] = [];
  const copyFile = join(folder, 'directory.json');
  const directory = await Directory.open({
    databaseUrl: database.urlAs('ingress'),
    copyFile,
    onLoaded: () => readings.splice(0).forEach((wake) => wake()),
  });
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise<void>((resolve) => readings.push(resolve));
  };
  expect(directory.filterOf(tenantId)).toBe(defaultFilter);
  await owner.query(
    `insert into filter_rules (tenant_id, verdict, pattern) values ($1, 'block', 'bad.test')`,
    [tenantId],
  );
  await until(() => directory.filterOf(tenantId).block.length === 1);
  expect(directory.filterOf(tenantId)).toEqual({ ...defaultFilter, block: ['bad.test'] });
  await owner.query(
    `insert into tenant_filters (tenant_id, spam, reject_score) values ($1, 'quarantine', 12.5)`,
    [tenantId],
  );
  await until(() => directory.filterOf(tenantId).spam === 'quarantine');
  await owner.query(`delete from filter_rules`);
  await until(() => directory.filterOf(tenantId).block.length === 0);
  const wanted = { ...defaultFilter, spam: 'quarantine', rejectScore: 12.5 };
  expect(directory.filterOf(tenantId)).toEqual(wanted);
  await directory.close();

  const later = await Directory.open({ databaseUrl: 'postgres://holdfast@127.0.0.1:1/none', copyFile });
  expect(later.filterOf(tenantId)).toEqual(wanted);
  await later.close();
});
