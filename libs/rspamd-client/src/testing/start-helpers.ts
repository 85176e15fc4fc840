import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answersTo, freePort, runServer } from './run-server';

export interface RunningHelper {
  port: number;
  stop(): Promise<void>;
}

const signatures = fileURLToPath(new URL('../../../../docker/clamav/holdfast.ndb', import.meta.url));

/** A real clamd that knows two signatures, EICAR's and ours: it starts within a second. */
export async function startClamav(port = 0): Promise<RunningHelper> {
  const chosen = port || (await freePort());
  const stop = await runServer({
    name: 'clamav',
    async prepare(directory) {
      const database = join(directory, 'signatures');
      await mkdir(database);
      await copyFile(signatures, join(database, 'holdfast.ndb'));
      const config = join(directory, 'clamd.conf');
      await writeFile(
        config,
        `DatabaseDirectory ${database}\nTemporaryDirectory ${directory}\nTCPSocket ${chosen}\nTCPAddr 127.0.0.1\nForeground yes\n`,
      );
      return { program: 'clamd', arguments: ['--config-file', config] };
    },
    isReady: () => answersTo(chosen, 'nPING\n', 'PONG'),
  });
  return { port: chosen, stop };
}

/** A real Redis that keeps nothing on disk. */
export async function startRedis(): Promise<RunningHelper> {
  const port = await freePort();
  const stop = await runServer({
    name: 'redis',
    prepare: (directory) =>
      Promise.resolve({
        program: 'redis-server',
        arguments: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', directory],
      }),
    isReady: () => answersTo(port, 'PING\r\n', '+PONG'),
  });
  return { port, stop };
}
