import { execFile } from 'node:child_process';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { promisify } from 'node:util';

const inMemory = new Set(['tmpfs', 'ramfs']);

/** What a figure is worth depends on it. */
export async function describeSurroundings(folder: string): Promise<string> {
  const { stdout } = await promisify(execFile)('stat', ['--file-system', '--format=%T', folder]);
  const fileSystem = stdout.trim();
  const lines = [
    `${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, load ${(loadavg()[0] ?? 0).toFixed(1)}, ${fileSystem} at ${folder}`,
  ];
  if (inMemory.has(fileSystem))
    lines.push('That file system is memory: nothing is durable there, and no figure counts. See --in.');
  return lines.join('\n');
}
