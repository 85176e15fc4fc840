import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const fetchWithinMs = 120_000;

/**
 * Unpacks Debian packages into a folder of their own, without installing them: mail servers exclude each other as packages, but not as
 * programs. What was unpacked once is kept in the user's cache.
 * @returns the folder in which `usr/sbin/...` is
 * @throws when a package cannot be fetched, with apt's words
 */
export async function unpack(packages: readonly string[]): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'holdfast', 'debian');
  const home = join(cache, packages.join('+'));
  if (await exists(home)) return home;
  await mkdir(cache, { recursive: true });
  const workshop = await mkdtemp(join(cache, 'unpacking-'));
  try {
    const apt = ['-q', '-o', 'APT::Sandbox::User=root', 'download', ...packages];
    await run('apt-get', apt, { cwd: workshop, timeout: fetchWithinMs }).catch(async () => {
      // The lists may be older than the archive, or not there yet.
      await run('apt-get', ['-q', 'update'], { timeout: fetchWithinMs });
      await run('apt-get', apt, { cwd: workshop, timeout: fetchWithinMs });
    });
    const root = join(workshop, 'root');
    for (const file of (await readdir(workshop)).filter((name) => name.endsWith('.deb')))
      await run('dpkg', ['-x', join(workshop, file), root]);
    // Set-user-id programs would not look for libraries beside themselves.
    for (const name of await readdir(join(root, 'usr/sbin')).catch(() => []))
      await chmod(join(root, 'usr/sbin', name), 0o755);
    // Several checkouts may unpack at once: whoever is first wins, and all have the same.
    await rename(root, home).catch(async (error: unknown) => {
      if (!(await exists(home))) throw error;
    });
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
  return home;
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
