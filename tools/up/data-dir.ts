/** Where everything lives that must survive. Laid out here and nowhere else. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { access, chmod, constants, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CannotStart } from './cannot-start';

export interface DataDir {
  path: string;
  /** who runs at the moment; worth nothing after a reboot */
  run: string;
  /** secrets that we made ourselves, mode 700 */
  keys: string;
  logs: string;
  postgres: string;
  rspamd: string;
  clamav: string;
  redis: string;
}

/** Makes the directory and its folders. @throws CannotStart with one sentence when it cannot be written */
export async function prepareDataDir(path: string): Promise<DataDir> {
  const within = (name: string): string => join(path, name);
  const dir: DataDir = {
    path,
    run: within('run'),
    keys: within('keys'),
    logs: within('logs'),
    postgres: within('postgres'),
    rspamd: within('rspamd'),
    clamav: within('clamav'),
    redis: within('redis'),
  };
  try {
    await makeFolder(path, 0o711);
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
    // Started as root, Postgres and rspamd run as a user of their own and must get through here. What is secret is in folders
    // that stay closed.
    const { mode, uid } = await stat(path);
    if (uid === process.getuid?.() && (mode & 0o011) !== 0o011) await chmod(path, (mode & 0o777) | 0o011);
    await makeFolder(dir.run, 0o711);
    await makeFolder(dir.logs, 0o750);
    await makeFolder(dir.keys, 0o700);
    const trial = join(dir.run, 'writable');
    await writeFile(trial, 'x');
    await rm(trial);
  } catch (error) {
    throw new CannotStart(
      `HOLDFAST_DATA_DIR: ${path} cannot be written: ${reason(error as NodeJS.ErrnoException)}.`,
    );
  }
  return dir;
}

/**
 * A folder and those above it, one by one: Node's own recursive mkdir never comes back from a place where nothing can be made,
 * such as /proc.
 */
async function makeFolder(path: string, mode: number): Promise<void> {
  if (existsSync(path)) {
    if (!(await stat(path)).isDirectory()) throw Object.assign(new Error(path), { code: 'ENOTDIR' });
    return;
  }
  if (dirname(path) !== path) await makeFolder(dirname(path), 0o755);
  await mkdir(path, { mode });
}

function reason(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'EROFS':
      return 'the file system is read-only';
    case 'ENOSPC':
      return 'the disk is full';
    case 'ENOENT':
      return 'there is no such folder and none can be made';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'a file is in the way';
    default:
      return error.message;
  }
}

/** A secret that is made on the first start and stays: 43 characters, readable for our user alone. */
export async function keepSecret(dir: DataDir, name: string): Promise<string> {
  const file = join(dir.keys, name);
  if (!existsSync(file)) {
    // Whole or not at all: a power cut in the middle must not leave a database without its password.
    const aside = `${file}.${process.pid}`;
    await writeFile(aside, randomBytes(32).toString('base64url'), { mode: 0o600, flush: true });
    await rename(aside, file);
  }
  const secret = (await readFile(file, 'utf8')).trim();
  if (secret.length < 32)
    throw new CannotStart(`HOLDFAST_DATA_DIR: ${file} is damaged; restore it from a backup.`);
  return secret;
}
