/** The short form: a real house, three kills, and nothing is lost; and an interrupted run leaves nothing behind. */
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceRoot } from '../build/workspace.ts';
import type { ChaosResult } from './chaos';

interface Run {
  code: number | null;
  lines: string[];
  stderr: string;
}

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaos-spec-'));
  // Postgres's user must be able to pass through.
  await chmod(folder, 0o755);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** @param interruptWhen what is said so far, and the processes that there are: true ends the run politely */
function chaos(args: string[], interruptWhen?: () => Promise<boolean>): Promise<Run> {
  const child = spawn(process.execPath, [join(workspaceRoot, 'tools/chaos.mjs'), ...args, '--in', folder], {
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

it('a relay, Postgres and everything are killed in the middle of drains: every 250 is kept', async () => {
  const { code, lines, stderr } = await chaos(['--rounds', '3', '--seed', '39', '--json']);
  expect(stderr).toBe('');
  const found = lines.filter((line) => line.startsWith('FOUND'));
  const result = JSON.parse(lines.at(-1) ?? '') as ChaosResult;
  expect({ found, code }).toEqual({ found: [], code: 0 });
  expect(lines.filter((line) => line.startsWith('seed ')).map((line) => line.split(' killed')[0])).toEqual([
    'seed 39: one relay',
    'seed 40: postgres',
    'seed 41: everything',
  ]);
  expect(result).toMatchObject({ rounds: 3, seed: 39, lost: 0, corrupted: 0 });
  expect(result.acknowledged).toBeGreaterThan(500);
  expect(result.delivered).toBeGreaterThan(400);
  await nothingStays();
}, 240_000);

it('interrupted in the middle, it ends by itself and leaves nothing behind', async () => {
  const isAtWork = async (): Promise<boolean> =>
    (await processesThere()).some((words) => /relay/.test(words));
  const { code } = await chaos(['--rounds', '3', '--seed', '39'], isAtWork);
  expect(code).toBe(130);
  await nothingStays();
}, 120_000);

it('says how it is used', async () => {
  const { code, stderr } = await chaos(['--kill', 'nobody']);
  expect(code).toBe(2);
  expect(stderr).toContain('--kill relay|postgres|ingress|everything');
}, 60_000);
