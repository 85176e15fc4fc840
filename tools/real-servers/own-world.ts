/**
 * Runs a program of somebody else's in a mount namespace of its own: it finds the accounts and folders that it was built to find at the
 * places where it looks for them, and nothing of that exists outside or stays behind. Needs root on Linux.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Account {
  name: string;
  uid: number;
  home: string;
}

export interface World {
  /** what stands where: path that the program knows -> file or folder of ours */
  mounts: Record<string, string>;
  /** empty folders, made anew: what was there cannot be seen */
  empty?: string[];
  /** shell lines, run inside before the program */
  prepare?: string[];
  env?: Record<string, string>;
}

/** Writes copies of the machine's accounts with some more. @returns mounts for a `World` */
export async function withAccounts(
  directory: string,
  accounts: readonly Account[],
): Promise<Record<string, string>> {
  const passwd = join(directory, 'passwd');
  const group = join(directory, 'group');
  await copyFile('/etc/passwd', passwd);
  await copyFile('/etc/group', group);
  const lines = (line: (account: Account) => string): string => accounts.map(line).join('');
  await writeFile(
    passwd,
    (await readFile(passwd, 'utf8')) +
      lines(({ name, uid, home }) => `${name}:x:${uid}:${uid}::${home}:/usr/sbin/nologin\n`),
  );
  await writeFile(group, (await readFile(group, 'utf8')) + lines(({ name, uid }) => `${name}:x:${uid}:\n`));
  return { '/etc/passwd': passwd, '/etc/group': group };
}

/** Starts a program in its world. It is its own process group, so that its children end with it. */
export function spawnInWorld(world: World, command: readonly string[]): ChildProcess {
  const script = [
    'set -e',
    ...(world.empty ?? []).flatMap((path) => [
      `mkdir -p ${quoted(path)}`,
      `mount -t tmpfs -o mode=0755 none ${quoted(path)}`,
    ]),
    ...Object.entries(world.mounts).map(([at, ours]) => `mount --bind ${quoted(ours)} ${quoted(at)}`),
    ...(world.prepare ?? []),
    `exec ${command.map(quoted).join(' ')}`,
  ];
  return spawn('unshare', ['--mount', '--propagation', 'private', '/bin/sh', '-c', script.join('\n')], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...world.env },
  });
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
