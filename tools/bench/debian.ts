/**
 * Debian's mail servers exclude each other as packages. Here they are downloaded and unpacked side by side into a cache, never
 * installed, and run from there.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What is fetched once and kept: $XDG_CACHE_HOME/holdfast-bench, else ~/.cache/holdfast-bench. */
export const cacheFolder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'holdfast-bench');

/**
 * Fetches packages and unpacks them into one folder of the cache, unless it is there already.
 * @returns that folder
 * @throws Error with apt's words
 */
export async function unpacked(name: string, packages: string[]): Promise<string> {
  const folder = join(cacheFolder, name);
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder, { recursive: true });
  const aside = await mkdtemp(join(cacheFolder, `${name}.new-`));
  try {
    await run('apt-get', ['download', ...packages], { cwd: aside });
    for (const file of await readdir(aside))
      if (file.endsWith('.deb')) await run('dpkg', ['-x', file, 'root'], { cwd: aside });
    // Whole or not at all; another run may have been quicker.
    await rename(join(aside, 'root'), folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return folder;
}

/** Libraries that a program wants and this machine does not have. */
export async function missingLibraries(program: string, libraries: string): Promise<string[]> {
  const { stdout } = await run('ldd', [program], { env: { ...process.env, LD_LIBRARY_PATH: libraries } });
  return stdout
    .split('\n')
    .filter((line) => line.includes('not found'))
    .map((line) => line.trim().split(' ')[0] ?? '');
}
