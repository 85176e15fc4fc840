/**
 * The stages of `npm test`, each one `nx run-many`. Nx decides the order and runs two at a time; what passed is read from its
 * own record of the run, not from its words. Its cache is left out: it may have been filled by another checkout.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { addJestResults, readJestResults } from './jest-results';
import type { Tally } from './tally';

export interface StageSurroundings {
  workspaceRoot: string;
  resultsDir: string;
  env: NodeJS.ProcessEnv;
  tally: Tally;
  signal: AbortSignal;
}

interface TaskRecord {
  projectName: string;
  target: string;
  status: number;
}

/** Runs `target` of all projects that have it, and adds up: each project is one check, or its tests where it has some. */
export async function runStage(target: string, around: StageSurroundings): Promise<void> {
  const { workspaceRoot, resultsDir, tally } = around;
  const began = Date.now();
  const before = { passed: tally.passed, failed: tally.failed };
  const record = join(workspaceRoot, '.nx/cache/run.json');
  await rm(record, { force: true });
  const { code, output } = await nx(
    ['run-many', '-t', target, '--skip-nx-cache', '--output-style=static'],
    target,
    around,
  );
  around.signal.throwIfAborted();

  const tasks = await readTasks(record);
  if (tasks === undefined) tally.fail(`${target} did not run`, output.slice(-4_000));
  for (const { projectName, target: name, status } of tasks ?? []) {
    const task = `${projectName}:${name}`;
    // Something that had to be built first: it counts in its own stage.
    if (name !== target) {
      if (status !== 0) tally.fail(task, wordsOf(task, output));
      continue;
    }
    if (target === 'test' || target === 'e2e') {
      const results = await readJestResults(join(resultsDir, `${projectName}.json`));
      const failedBefore = tally.failed;
      const tests = results ? addJestResults(tally, results, workspaceRoot) : 0;
      if (tests === 0) tally.fail(`${task} ran no test`, wordsOf(task, output));
      else if (status !== 0 && tally.failed === failedBefore)
        tally.fail(`${task} ended badly`, wordsOf(task, output));
    } else if (status === 0) tally.pass();
    else tally.fail(task, wordsOf(task, output));
  }
  if (code !== 0 && tally.failed === before.failed)
    tally.fail(`${target} ended with code ${code}`, output.slice(-4_000));
  const seconds = Math.round((Date.now() - began) / 1000);
  console.log(
    `${target.padEnd(10)} ${tally.passed - before.passed} passed, ${tally.failed - before.failed} failed, ${seconds} s`,
  );
}

/** Names of the projects that have this target. */
export async function projectsWith(target: string, around: StageSurroundings): Promise<string[]> {
  const { output } = await nx(
    ['show', 'projects', '--with-target', target, '--json'],
    `projects-${target}`,
    around,
  );
  return JSON.parse(output.slice(output.indexOf('['))) as string[];
}

async function nx(
  args: string[],
  name: string,
  { workspaceRoot, resultsDir, env, signal }: StageSurroundings,
): Promise<{ code: number | null; output: string }> {
  signal.throwIfAborted();
  const child = spawn(process.execPath, [join(workspaceRoot, 'node_modules/nx/dist/bin/nx.js'), ...args], {
    cwd: workspaceRoot,
    // The record of the run goes where the cache is; by itself Nx would share both with every other checkout.
    env: {
      ...env,
      NX_CACHE_DIRECTORY: join(workspaceRoot, '.nx/cache'),
      NX_DAEMON: 'false',
      NX_TUI: 'false',
      FORCE_COLOR: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that an interrupt reaches what Nx has started as well.
    detached: true,
  });
  const interrupt = (): void => endGroup(child);
  signal.addEventListener('abort', interrupt, { once: true });
  const log = createWriteStream(join(resultsDir, `${name}.log`));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      log.write(chunk);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  );
  signal.removeEventListener('abort', interrupt);
  log.end();
  return { code, output };
}

function endGroup(child: ChildProcess): void {
  const send = (signal: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // It has ended.
    }
  };
  send('SIGTERM');
  setTimeout(() => send('SIGKILL'), 10_000).unref();
}

async function readTasks(record: string): Promise<TaskRecord[] | undefined> {
  try {
    const { tasks } = JSON.parse(await readFile(record, 'utf8')) as { tasks: TaskRecord[] };
    return tasks;
  } catch {
    return undefined;
  }
}

/** What one task wrote: from its own heading to the next. */
function wordsOf(task: string, output: string): string {
  const from = output.indexOf(`> nx run ${task}`);
  if (from === -1) return '';
  const rest = output.slice(from);
  const to = rest.slice(1).search(/\n> nx run |\n NX {3}/);
  return rest
    .slice(0, to === -1 ? undefined : to + 1)
    .trim()
    .slice(0, 8_000);
}
