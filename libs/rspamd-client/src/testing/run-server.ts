import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const withDeathSignal = '/usr/bin/setpriv';

export interface ServerPlan {
  name: string;
  /** writes what it needs into its own directory, and says how it is started */
  prepare(directory: string): Promise<{ program: string; arguments: string[] }>;
  /** whether it serves by now */
  isReady(): Promise<boolean>;
}

const readyWithinMs = 30_000;
const askAgainMs = 25;

/** Starts a system program in a directory of its own. @returns how to stop it as a crash would, after it is ready */
export async function runServer({ name, prepare, isReady }: ServerPlan): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), `holdfast-${name}-`));
  // Started as root, some leave root behind, and their own user must be able to write here.
  if (process.getuid?.() === 0) await chmod(directory, 0o777);
  const { program, arguments: words } = await prepare(directory);
  // The kernel ends it when our process does, however that ends: a handler of ours would not run after a kill -9.
  const [first = program, ...rest] = existsSync(withDeathSignal)
    ? [withDeathSignal, '--pdeathsig', 'TERM', program, ...words]
    : [program, ...words];
  const child = spawn(first, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/usr/bin` },
  });
  const log: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => void log.push(String(text)));
  child.on('error', (error) => void log.push(error.message));
  const gone = once(child, 'close').catch(() => undefined);
  // Its workers are in its process group; so nothing stays when a run is interrupted.
  const kill = (): void => {
    try {
      if (child.pid) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has gone by itself.
    }
  };
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    process.removeListener('exit', kill);
    kill();
    await gone;
    await rm(directory, { recursive: true, force: true });
  };
  const until = Date.now() + readyWithinMs;
  while (!(await isReady())) {
    if (!child.pid || child.exitCode !== null || child.signalCode !== null || Date.now() > until) {
      await stop();
      throw new Error(`${name} did not start:\n${log.slice(-20).join('')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, askAgainMs));
  }
  return stop;
}

/** Whether a server on loopback answers to `question` with something that holds `expected`. */
export function answersTo(port: number, question: string, expected: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer.includes(expected)));
    socket.on('connect', () => socket.write(question));
    socket.on('data', (chunk) => {
      answer += chunk.toString();
      if (answer.includes(expected)) socket.destroy();
    });
  });
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
