import { jest } from '@jest/globals';
import { execFileSync, spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { openSpool } from './index';
import { compile } from './testing/compile';
import { bodyOf } from './testing/sample';

jest.setTimeout(30_000);

let program: { file: string; remove(): Promise<void> };
let directory: string;
const children = new Set<ChildProcessByStdio<null, Readable, Readable>>();

beforeAll(async () => {
  program = await compile(new URL('./testing/acknowledge-puts.ts', import.meta.url));
});

afterAll(() => program?.remove());

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdfast-spool-'));
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

/** Starts the program; `said` grows line by line, `reached(n)` resolves when it has n lines, `ended` when the process is gone. */
const start = (command: string, args: string[]) => {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  const said: string[] = [];
  let wake = (): void => undefined;
  child.stderr.resume();
  createInterface(child.stdout).on('line', (line) => {
    said.push(line);
    wake();
  });
  const ended = once(child, 'close').then(() => {
    children.delete(child);
    wake();
  });
  const reached = async (count: number): Promise<void> => {
    while (said.length < count && children.has(child)) await new Promise<void>((resolve) => (wake = resolve));
  };
  return { child, said, reached, ended };
};

const put = (bytes: number, count = 'Infinity') =>
  start(process.execPath, [program.file, directory, String(bytes), count]);

it('write to one spool at once', async () => {
  const [one, two] = [put(4096, '300'), put(4096, '300')];
  await Promise.all([one.ended, two.ended]);
  const ids = [...one.said, ...two.said];
  expect(new Set(ids).size).toBe(600);
  const spool = openSpool({ directory });
  expect(spool.list(undefined, 1_000)).toEqual([...ids].sort());
  for (const id of ids) expect((await spool.body(id))?.equals(bodyOf(id, 4096))).toBe(true);
  await spool.close();
});

it('see what another has put in a moment ago, in the same turn of the event loop', async () => {
  const spool = openSpool({ directory });
  expect(spool.list(undefined, 10)).toEqual([]);
  const id = execFileSync(process.execPath, [program.file, directory, '4096', '1']).toString().trim();
  expect((await spool.body(id))?.equals(bodyOf(id, 4096))).toBe(true);
  await spool.close();
});

it('may be killed at any moment: what was acknowledged is there, nothing is there by halves', async () => {
  const spool = openSpool({ directory });
  for (let round = 1; round <= 3; round++) {
    const [killed, survivor] = [put(2_000), put(2_000)];
    await Promise.all([killed.reached(100 * round), survivor.reached(100)]);
    killed.child.kill('SIGKILL');
    await killed.ended;
    // The other one goes on, whatever the killed one was holding.
    await survivor.reached(survivor.said.length + 50);
    survivor.child.kill('SIGKILL');
    await survivor.ended;
    const stored = new Set(spool.list(undefined, 100_000));
    for (const id of [...killed.said, ...survivor.said]) expect(stored.has(id)).toBe(true);
    for (const id of stored) expect((await spool.body(id))?.equals(bodyOf(id, 2_000))).toBe(true);
    expect(spool.unregistered({ limit: 100_000 }).length).toBe(stored.size);
    await spool.remove([...stored]);
  }
  await spool.close();
});

it('may find that the disk takes no more: the puts fail, and all that was acknowledged is there', async () => {
  // A limit on file size is the full disk that needs no root: the kernel refuses the write all the same.
  const full = start('/bin/sh', [
    '-c',
    'ulimit -f 8192; exec "$0" "$@"',
    process.execPath,
    program.file,
    directory,
    '20000',
    'Infinity',
  ]);
  await full.ended;
  const acknowledged = full.said.filter((line) => line.includes('-'));
  expect(full.said.length - acknowledged.length).toBe(20);
  expect(acknowledged.length).toBeGreaterThan(10);
  const spool = openSpool({ directory });
  expect(spool.list(undefined, 100_000)).toEqual([...acknowledged].sort());
  for (const id of acknowledged) expect((await spool.body(id))?.equals(bodyOf(id, 20_000))).toBe(true);
  await spool.close();
});
