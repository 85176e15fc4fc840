import { randomBytes, createHmac } from 'node:crypto';
import pg from 'pg';
import type { RoleName } from '../migrate';
import { specSecret, templateName } from './template';

export interface ThrowAwayDatabase {
  /** the owner's */
  url: string;
  /** as one of the programs connects */
  urlAs(role: RoleName): string;
  /** Closes what is still connected and removes it. */
  drop(): Promise<void>;
}

/**
 * A database of its own for one spec file, cloned from the migrated template in milliseconds. The cluster is the one that the
 * run's global set-up started (see `jest.preset.mjs`, `nodeProjectWithPostgres`).
 */
export async function throwAwayDatabase(): Promise<ThrowAwayDatabase> {
  const clusterUrl = process.env['HOLDFAST_TEST_POSTGRES_URL'];
  if (!clusterUrl)
    throw new Error("No Postgres for specs: use nodeProjectWithPostgres in this project's jest.config.mjs");
  const name = `spec_${randomBytes(8).toString('hex')}`;
  await onCluster(clusterUrl, `create database ${name} template ${templateName} strategy file_copy`);
  const url = new URL(clusterUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    urlAs(role) {
      const own = new URL(url);
      own.username = `holdfast_${role}`;
      own.password = createHmac('sha256', specSecret).update(own.username).digest('base64url');
      return own.href;
    },
    drop: () => onCluster(clusterUrl, `drop database ${name} with (force)`),
  };
}

async function onCluster(url: string, statement: string): Promise<void> {
  // Two spec files that clone at the same moment disturb each other: the template must have no other user. Take turns.
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [0x4847]);
    await client.query(statement);
  } finally {
    await client.end();
  }
}
