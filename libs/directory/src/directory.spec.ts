import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPool } from '@holdfast/database';
import { throwAwayDatabase, type ThrowAwayDatabase } from '@holdfast/database/testing';
import type pg from 'pg';
import { Directory } from './index';

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
      hasPlusAddressing: true,
      whenPrimaryUp: 'accept',
      deferMinutes: 5,
      primaryAcceptsAll: null,
      retentionDays: 30,
      isSealed: true,
      primaries: [{ host: 'mail.first.test', port: 2526, tlsPolicy: 'opportunistic', preference: 10 }],
      limits: {
        maxHeldMessages: 7,
        maxHeldBytes: null,
        maxMessageBytes: null,
        maxRecipientsPerMessage: null,
        maxMessagesPerHour: null,
      },
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

describe('a list of recipients', () => {
  it('knows a user with a plus, unless the domain wants it otherwise', async () => {
    const domainId = await addDomain('plus.test', { policy: 'list', recipients: ['ada'] });
    const { directory, until } = await open();
    try {
      const knows = (local: string) => {
        const entry = directory.find('plus.test');
        return entry !== undefined && directory.lists(entry, local);
      };
      expect(['ada', 'ada+news', '+ada', 'adam+news'].map(knows)).toEqual([true, true, false, false]);
      await owner.query('update domains set has_plus_addressing = false where id = $1', [domainId]);
      await until(() => directory.find('plus.test')?.hasPlusAddressing === false);
      expect(['ada', 'ada+news'].map(knows)).toEqual([true, false]);
    } finally {
      await directory.close();
    }
  });

  it('follows one recipient that comes and goes without reading the list anew', async () => {
    const domainId = await addDomain('follow.test', { policy: 'list', recipients: ['ada'] });
    const { directory, until } = await open();
    try {
      const entry = directory.find('follow.test');
      if (!entry) throw new Error('follow.test is not there');
      const knows = (local: string) => directory.lists(entry, local);
      // Were it read anew, these would be found: they are put there behind the back of the trigger.
      await owner.query('alter table recipients disable trigger user');
      await owner.query('insert into recipients values ($1, $2, $3)', [tenantId, domainId, 'unseen']);
      await owner.query('alter table recipients enable trigger user');
      await owner.query('insert into recipients values ($1, $2, $3)', [tenantId, domainId, 'Zo\u00eb']);
      await until(() => knows('zo\u00eb'));
      await owner.query('delete from recipients where domain_id = $1 and local_part = $2', [domainId, 'ada']);
      await until(() => !knows('ada'));
      expect(knows('unseen')).toBe(false);
      await owner.query(`insert into recipients select $1, $2, 'many' || n from generate_series(1, 150) n`, [
        tenantId,
        domainId,
      ]);
      await until(() => knows('many150') && knows('unseen'));
      await owner.query('insert into recipients values ($1, $2, $3)', [tenantId, domainId, 'sales-*']);
      await until(() => knows('Sales-north'));
      expect(knows('presales-north')).toBe(false);
      await owner.query('delete from recipients where domain_id = $1', [domainId]);
      await until(() => !knows('many150') && !knows('sales-north'));
    } finally {
      await directory.close();
    }
  });

  it('reads what it missed while nobody told it', async () => {
    const domainId = await addDomain('missed.test', { policy: 'list', recipients: ['ada'] });
    const { directory, until } = await open();
    try {
      const entry = directory.find('missed.test');
      if (!entry) throw new Error('missed.test is not there');
      await owner.query(`
        select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'holdfast-listener' and datname = current_database()`);
      await owner.query('insert into recipients values ($1, $2, $3)', [tenantId, domainId, 'bob']);
      await until(() => directory.lists(entry, 'bob'));
    } finally {
      await directory.close();
    }
  });
});

describe('whether a primary is up', () => {
  it('is believed only while the sentinel lives, and never against an outage', async () => {
    const domainId = await addDomain('standing.test');
    await owner.query('insert into primary_standings values ($1, $2, true)', [domainId, tenantId]);
    const first = await open();
    const asked = first.directory.find('standing.test');
    if (!asked) throw new Error('standing.test is not there');
    expect(first.directory.isPrimaryUp(asked)).toBe(false);
    await first.directory.close();
    await owner.query(
      `insert into programs (node, program, pid, is_ready, started_at) values ('spec', 'sentinel', 1, true, now())`,
    );
    const { directory } = await open();
    try {
      expect(directory.isPrimaryUp(asked)).toBe(true);
      await owner.query(
        `insert into outages (tenant_id, domain_id, began_at, noticed_at, cause, received_before, delivered_before)
         values ($1, $2, now(), now(), 'spec', 0, 0)`,
        [tenantId, domainId],
      );
      const third = await open();
      expect(third.directory.isPrimaryUp(asked)).toBe(false);
      await third.directory.close();
    } finally {
      await directory.close();
    }
  });
});
