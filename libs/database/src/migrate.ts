import { createHmac } from 'node:crypto';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { LayTheGround20261123000000 } from './migrations/20261123000000-lay-the-ground';
import { WhoMaySeeWhat20261123000100 } from './migrations/20261123000100-who-may-see-what';
import { WhoSignsIn20261123000200 } from './migrations/20261123000200-who-signs-in';
import { FindWhatDrains20261123000300 } from './migrations/20261123000300-find-what-drains';
import { FindWhatWaitsToBeTold20261123000400 } from './migrations/20261123000400-find-what-waits-to-be-told';
import { WhomWeTakeMailFor20261124000000 } from './migrations/20261124000000-whom-we-take-mail-for';
import { WhatEachTenantFilters20261124000100 } from './migrations/20261124000100-what-each-tenant-filters';
import { WhatTheSenderAsksFor20261125100000 } from './migrations/20261125100000-what-the-sender-asks-for';
import { PlansAndTheirLimits20261125110100 } from './migrations/20261125110100-plans-and-their-limits';
import { BlockListsDecide20261125110200 } from './migrations/20261125110200-block-lists-decide';
import { HowFullQueuesAre20261125110300 } from './migrations/20261125110300-how-full-queues-are';
import { HoldWhatAWaveRefuses20261125120000 } from './migrations/20261125120000-hold-what-a-wave-refuses';
import { WaysToPrimaries20261125130000 } from './migrations/20261125130000-ways-to-primaries';
import { SendElsewhere20261125120100 } from './migrations/20261125120100-send-elsewhere';
import { WhoWorksALane20261125120200 } from './migrations/20261125120200-who-works-a-lane';
import { LeversOnMany20261125120300 } from './migrations/20261125120300-levers-on-many';
import { WhereAPrimaryIsWhenItIsDown20261125100100 } from './migrations/20261125100100-where-a-primary-is-when-it-is-down';
import { TellSenders20261125140000 } from './migrations/20261125140000-tell-senders';
import { WarnBeforeTheEnd20261125140100 } from './migrations/20261125140100-warn-before-the-end';
import { TryTheWay20261125130100 } from './migrations/20261125130100-try-the-way';
import { KeepWhatWasDelivered20261125140200 } from './migrations/20261125140200-keep-what-was-delivered';
import { WhatPrimariesObjectTo20261125140300 } from './migrations/20261125140300-what-primaries-object-to';
import { WhatChecksFound20261125150000 } from './migrations/20261125150000-what-checks-found';

/** Every migration in order; a new one is added at the end and nothing above it changes. */
export const migrations = [
  LayTheGround20261123000000,
  WhoMaySeeWhat20261123000100,
  WhoSignsIn20261123000200,
  FindWhatDrains20261123000300,
  FindWhatWaitsToBeTold20261123000400,
  WhomWeTakeMailFor20261124000000,
  WhatEachTenantFilters20261124000100,
  WhatTheSenderAsksFor20261125100000,
  PlansAndTheirLimits20261125110100,
  BlockListsDecide20261125110200,
  HowFullQueuesAre20261125110300,
  HoldWhatAWaveRefuses20261125120000,
  WaysToPrimaries20261125130000,
  SendElsewhere20261125120100,
  WhoWorksALane20261125120200,
  LeversOnMany20261125120300,
  WhereAPrimaryIsWhenItIsDown20261125100100,
  TellSenders20261125140000,
  WarnBeforeTheEnd20261125140100,
  TryTheWay20261125130100,
  KeepWhatWasDelivered20261125140200,
  WhatPrimariesObjectTo20261125140300,
  WhatChecksFound20261125150000,
];

const roleNames = ['ingress', 'relay', 'sentinel', 'api', 'operator'] as const;
export type RoleName = (typeof roleNames)[number];

/**
 * Brings the database at `ownerUrl` to the newest schema; does nothing when it is there already. Several programs may call it
 * at once: a lock of Postgres lets one through at a time.
 * @returns names of the migrations that ran
 */
export async function migrate(ownerUrl: string): Promise<string[]> {
  const lock = new pg.Client({ connectionString: ownerUrl });
  await lock.connect();
  // 0x4846 ("HF") is ours; held by the session, so a migration that dies frees it.
  await lock.query('select pg_advisory_lock($1)', [0x4846]);
  const source = new DataSource({
    type: 'postgres',
    url: ownerUrl,
    migrations,
    migrationsTransactionMode: 'each',
  });
  try {
    await source.initialize();
    const ran = await source.runMigrations();
    return ran.map((migration) => migration.name);
  } finally {
    if (source.isInitialized) await source.destroy();
    await lock.end();
  }
}

/**
 * Gives each program's role its password, made from `secret`, and says how to connect as it.
 * @param secret at least 32 characters that stay the same between starts
 */
export async function prepareRoles(ownerUrl: string, secret: string): Promise<Record<RoleName, string>> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const urls = {} as Record<RoleName, string>;
    for (const role of roleNames) {
      const user = `holdfast_${role}`;
      const password = createHmac('sha256', secret).update(user).digest('base64url');
      await client.query(`alter role ${user} login password '${password}'`);
      const url = new URL(ownerUrl);
      url.username = user;
      url.password = password;
      urls[role] = url.href;
    }
    return urls;
  } finally {
    await client.end();
  }
}
