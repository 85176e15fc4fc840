import { throwAwayDatabase, type ThrowAwayDatabase } from '@holdfast/database/testing';
import { openLog } from '@holdfast/daemon';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { readIngressConfig, type IngressConfig } from '../config';
import { openIngress, type Ingress } from '../ingress';

export interface Port25 extends Ingress {
  owner: pg.Client;
  database: ThrowAwayDatabase;
  config: IngressConfig;
  /** log lines so far, parsed */
  said: Record<string, unknown>[];
  /** One message of the spool, the newest. */
  newest(): Promise<{ id: string; body: string }>;
  /** Ends it as a crash would not: politely. What it had on disk stays until `remove`. */
  stop(): Promise<void>;
  remove(): Promise<void>;
}

export const ourName = 'mx.holdfast.test';

/**
 * The real port 25 of a spec: real spool, real Postgres, real directory. Domains: `open.test` (any recipient) and `listed.test`
 * (bob@ alone) of one tenant, `other.test` of another, `small.test` (10,000 octets at most), `waiting.test` (not verified),
 * `resting.test` (suspended), `full.test` (a queue of no message).
 */
export async function openPort25(env: Record<string, string> = {}): Promise<Port25> {
  const database = await throwAwayDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-ingress-'));
  const owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  await owner.query(`
    insert into tenants (name, max_message_bytes, max_held_messages) values
      ('one', null, null), ('two', null, null), ('small', 10000, null), ('full', null, 0);
    insert into domains (tenant_id, name, state, recipient_policy)
      select t.id, d.name, d.state, d.policy from (values
        ('one', 'open.test', 'active', 'any'), ('one', 'listed.test', 'active', 'list'), ('two', 'other.test', 'active', 'any'),
        ('small', 'small.test', 'active', 'any'), ('one', 'waiting.test', 'pending', 'any'),
        ('one', 'resting.test', 'suspended', 'any'), ('full', 'full.test', 'active', 'any')
      ) as d (tenant, name, state, policy) join tenants t on t.name = d.tenant;
    insert into recipients (tenant_id, domain_id, local_part)
      select tenant_id, id, 'bob' from domains where name = 'listed.test'`);
  const said: Record<string, unknown>[] = [];
  const log = openLog('smtp-ingress', 'debug', { write: (line) => void said.push(JSON.parse(line)) });
  const config = readIngressConfig({
    DATABASE_URL: database.urlAs('ingress'),
    HOLDFAST_DATA_DIR: directory,
    HOLDFAST_HOSTNAME: ourName,
    HOLDFAST_SMTP_HOST: '127.0.0.1',
    HOLDFAST_SMTP_PORT: '0',
    HOLDFAST_SCANNING: 'off',
    HOLDFAST_MAX_MESSAGE_BYTES: '1000000',
    HOLDFAST_MIN_FREE_BYTES: '0',
    ...env,
  });
  const ingress = await openIngress(config, log);
  let isStopped = false;
  const stop = async (): Promise<void> => {
    if (isStopped) return;
    isStopped = true;
    await ingress.stopAccepting();
    await ingress.end();
  };
  return {
    ...ingress,
    owner,
    database,
    config,
    said,
    async newest() {
      const id = ingress.spool.list(undefined, 100_000).at(-1) ?? '';
      return { id, body: (await ingress.spool.body(id))?.toString('latin1') ?? '' };
    },
    stop,
    async remove() {
      await stop();
      await owner.end();
      await database.drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
