import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface RunningRspamd {
  url: string;
  /** Stops it as a crash would, and comes back when it is gone. */
  stop(): Promise<void>;
}

const configuration = fileURLToPath(new URL('../../../../docker/rspamd', import.meta.url));
const readyWithinMs = 30_000;

/**
 * A real rspamd with our own configuration, on free loopback ports, in a directory of its own, without anything that asks the
 * network. Ready when it answers.
 */
export async function startRspamd(): Promise<RunningRspamd> {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-rspamd-'));
  const [port, controllerPort] = [await freePort(), await freePort()];
  const parts = join(directory, 'parts.conf');
  await writeFile(
    parts,
    `worker "normal" { bind_socket = "127.0.0.1:${port}"; count = 1; mime = true; }
worker "controller" { bind_socket = "127.0.0.1:${controllerPort}"; count = 1; password = "only-for-specs"; secure_ip = []; }
actions { greylist = null; }
greylist { enabled = false; }
.include(priority=10,duplicate=merge) "$LOCAL_CONFDIR/without-internet.conf"
`,
  );
  const variables = {
    LOCAL_CONFDIR: configuration,
    HOLDFAST_PARTS: parts,
    RUNDIR: directory,
    DBDIR: directory,
    LOGDIR: directory,
  };
  const isRoot = process.getuid?.() === 0;
  // Started as root it leaves root behind, and its own user must be able to write here.
  if (isRoot) await chmod(directory, 0o777);
  const child = spawn(
    'rspamd',
    [
      '-f',
      ...(isRoot ? ['-u', '_rspamd', '-g', '_rspamd'] : ['-i']),
      '-c',
      join(configuration, 'rspamd.conf'),
      ...Object.entries(variables).map(([key, value]) => `--var=${key}=${value}`),
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/usr/bin` },
    },
  );
  const log: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => void log.push(String(text)));
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
  const url = `http://127.0.0.1:${port}`;
  const until = Date.now() + readyWithinMs;
  while (!(await answers(`${url}/ping`))) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > until) {
      await stop();
      throw new Error(`rspamd did not start:\n${log.slice(-20).join('')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { url, stop };
}

function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asking = get(url, { timeout: 500, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asking.on('error', () => resolve(false));
    asking.on('timeout', () => asking.destroy());
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
