/**
 * What has to be built before a start, decided by content: a clone, a switched branch and a touched file all give the
 * right answer, which times of modification do not.
 */
import { spawn } from 'node:child_process';
import { glob, mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { builtFromFile } from './bundle.ts';
import { fingerprints, isSame, type Fingerprints } from './fingerprint.ts';
import { workspaceRoot } from './workspace.ts';

const readBuiltFrom = async (root: string): Promise<Fingerprints | undefined> => {
  try {
    return JSON.parse(await readFile(builtFromFile(root), 'utf8')) as Fingerprints;
  } catch {
    return undefined;
  }
};

/** Whether the bundle of this program is missing or was made of other sources than those in the tree. */
export const isStale = async (root: string): Promise<boolean> => {
  const builtFrom = await readBuiltFrom(root);
  if (builtFrom === undefined || !existsSync(join(workspaceRoot, 'dist', root, 'main.js'))) return true;
  return !isSame(builtFrom, await fingerprints(Object.keys(builtFrom)));
};

const consoleRoot = 'apps/console';

const consoleFingerprints = async (): Promise<Fingerprints> => {
  const files: string[] = ['package-lock.json', 'tsconfig.base.json'];
  for (const pattern of [`${consoleRoot}/**/*`, 'libs/api-contract/**/*']) {
    const found = glob(pattern, {
      cwd: workspaceRoot,
      withFileTypes: true,
      exclude: (entry) => entry.name === '.angular',
    });
    for await (const entry of found) {
      if (entry.isFile()) files.push(join(entry.parentPath, entry.name).slice(workspaceRoot.length + 1));
    }
  }
  return fingerprints(files);
};

/** Whether the console in dist was made of other sources than those in the tree. */
export const isConsoleStale = async (): Promise<boolean> => {
  const builtFrom = await readBuiltFrom(consoleRoot);
  if (builtFrom === undefined || !existsSync(join(workspaceRoot, 'dist', consoleRoot, 'browser/index.html')))
    return true;
  return !isSame(builtFrom, await consoleFingerprints());
};

/** Builds the console by its own target; throws with the builder's last words when it fails. */
export const buildConsole = async (signal: AbortSignal): Promise<void> => {
  const before = await consoleFingerprints();
  const nx = spawn(
    process.execPath,
    [join(workspaceRoot, 'node_modules/nx/dist/bin/nx.js'), 'build', 'console'],
    {
      cwd: workspaceRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    },
  );
  let output = '';
  nx.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  nx.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) =>
    nx.on('error', reject).on('close', resolve),
  );
  if (code !== 0) throw new Error(`the console could not be built:\n${output.slice(-4000)}`);
  await mkdir(dirname(builtFromFile(consoleRoot)), { recursive: true });
  await writeFile(builtFromFile(consoleRoot), JSON.stringify(before, null, 1));
};
