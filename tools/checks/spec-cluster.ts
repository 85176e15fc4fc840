/**
 * One Postgres for all specs of a run, with the migrated template that they clone. It is made as `npm start` makes its own, so
 * that a checkout below a closed folder is no obstacle; it does not sync, because nothing in it outlives the run.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate, prepareRoles } from '@holdfast/database';
import { specSecret, templateName } from '@holdfast/database/testing/template';
import { Output } from '../up/output';
import { Part } from '../up/part';
import { PatientWriter } from '../up/patient-writer';
import { freeLoopbackPort } from '../up/ports';
import { findPostgres, postgresPart, prepareCluster } from '../up/postgres';
import { ServiceUser } from '../up/service-user';

export interface SpecCluster {
  /** the superuser's, database `postgres` */
  url: string;
  stop(): Promise<void>;
}

const password = 'only-for-specs';
const withoutSafety = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '200',
  shared_buffers: '128MB',
};

/** Starts it; the caller stops it. */
export async function startSpecCluster(): Promise<SpecCluster> {
  const programs = await findPostgres();
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-specs-'));
  await chmod(folder, 0o711);
  const user = ServiceUser.find([folder, programs.folder]);
  const cluster = join(folder, 'postgres');
  const port = await freeLoopbackPort();
  const quiet = new Output(new PatientWriter(2), 'pretty', false);
  const plan = postgresPart({ folder: cluster, programs, user, port, password, more: withoutSafety });
  const part = new Part({ ...plan, plainLevel: () => 'debug' }, quiet, folder);
  const stop = async (): Promise<void> => {
    await part.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await prepareCluster(cluster, programs, user, password, false);
    await part.start();
    const url = `postgres://holdfast:${password}@127.0.0.1:${port}/postgres`;
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`create database ${templateName}`);
    await client.end();
    const template = url.replace(/postgres$/, templateName);
    await migrate(template);
    await prepareRoles(template, specSecret);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
