/** The short form: shows that the harness works and leaves nothing behind. What it measures means nothing, and is not looked at. */
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceRoot } from '../build/workspace.ts';
import type { Result } from './figures';

interface Run {
  code: number | null;
  lines: string[];
  stderr: string;
}

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-spec-'));
  // Postfix's user must be able to pass through.
  await chmod(folder, 0o755);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** @param interruptWhen ends the run politely when it is true of what was said so far, and of the processes that it has */
function bench(args: string[], interruptWhen?: () => Promise<boolean>): Promise<Run> {
  const child = spawn(process.execPath, [join(workspaceRoot, 'tools/bench.mjs'), ...args, '--in', folder], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const looking = setInterval(() => {
    void interruptWhen?.().then((isTime) => {
      if (!isTime) return;
      clearInterval(looking);
      child.kill('SIGINT');
    });
  }, 50);
  return new Promise((resolve) =>
    child.once('close', (code) => {
      clearInterval(looking);
      resolve({ code, lines: stdout.trim().split('\n'), stderr });
    }),
  );
}

/** Processes that work in the run's folder or were told of it. */
async function processesThere(): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const words = await Promise.all(
      ['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
    );
    if (Number(pid) !== process.pid && words.some((text) => text.includes(`${folder}/`)))
      found.push(words[0] ?? '');
  }
  return found;
}

const nothingStays = async (): Promise<void> => {
  expect(await readdir(folder)).toEqual([]);
  expect(await processesThere()).toEqual([]);
};

describe('npm run bench', () => {
  it('measures two contestants and clears everything away', async () => {
    const { code, lines, stderr } = await bench([
      'accept-4k',
      '--short',
      '--json',
      '--only',
      'holdfast,postfix',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const result = JSON.parse(lines.at(-1) ?? '') as Result;
    expect(result).toMatchObject({ case: 'accept-4k', unit: 'messages/s' });
    expect(result.holdfast.median).toBeGreaterThan(0);
    if (process.getuid?.() === 0) expect(result.best).toBe('postfix');
    await nothingStays();
  }, 180_000);

  it('clears everything away when it is interrupted', async () => {
    const { code } = await bench(['accept-4k', '--only', 'holdfast'], async () =>
      (await processesThere()).some((command) => command.includes('smtp-ingress')),
    );
    expect(code).toBe(130);
    await nothingStays();
  }, 180_000);

  it('names its cases when it is asked for one that it does not know', async () => {
    const { code, stderr } = await bench(['nonsense']);
    expect(code).toBe(2);
    expect(stderr).toContain('accept-4k');
  }, 60_000);
});
