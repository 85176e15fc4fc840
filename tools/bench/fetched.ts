import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What npm fetches once and is kept: $XDG_CACHE_HOME/holdfast-bench, else ~/.cache/holdfast-bench. */
export const cacheFolder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'holdfast-bench');

/** Libraries that a program wants and this machine does not have. */
export async function missingLibraries(program: string, libraries: string): Promise<string[]> {
  const { stdout } = await run('ldd', [program], { env: { ...process.env, LD_LIBRARY_PATH: libraries } });
  return stdout
    .split('\n')
    .filter((line) => line.includes('not found'))
    .map((line) => line.trim().split(' ')[0] ?? '');
}
