/**
 * Haraka from npm, in the cache and never in our package.json, as the backup MX of one domain: a plug-in of a few lines takes the
 * domain's recipients and queues for its primary. While it holds, its outbound delivery is disabled, so that it does nothing but
 * take mail; delivering starts it again with the queue that it has. It syncs a message's file before its 250, not its directory.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freeLoopbackPort } from '../../up/ports';
import type { Child } from '../child';
import { backedUpDomain, type Contestant, type Running, type Task } from '../contestant';
import { cacheFolder } from '../fetched';
import { greets } from '../smtp-load';
import type { Workplace } from '../workplace';

const version = '3.3.4';

async function installed(): Promise<string> {
  const folder = join(cacheFolder, `haraka-${version}`);
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder, { recursive: true });
  const aside = await mkdtemp(join(cacheFolder, 'haraka.new-'));
  try {
    await writeFile(join(aside, 'package.json'), '{"private":true}');
    await promisify(execFile)(
      'npm',
      ['install', '--omit=optional', '--no-audit', '--no-fund', '--save-exact', `Haraka@${version}`],
      { cwd: aside },
    );
    await rename(aside, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return folder;
}

export const haraka: Contestant = {
  name: 'haraka',
  async prepare() {
    return installed().then(
      () => undefined,
      (error: unknown) => `it could not be installed: ${String(error).split('\n')[0]}`,
    );
  },
  async start(room, task) {
    const folder = await installed();
    const port = await freeLoopbackPort();
    const launch = async (): Promise<Child> => {
      const started = room.start({
        name: 'haraka',
        command: process.execPath,
        args: [join(folder, 'node_modules/Haraka/bin/haraka'), '-c', room.folder],
      });
      await started.untilReady(() => greets(port));
      return started;
    };
    await writeConfig(room, port, task);
    let child = await launch();
    const again = async (isDisabled: boolean): Promise<void> => {
      await child.stop();
      await writeOutbound(room, isDisabled);
      child = await launch();
    };
    return {
      port,
      allSafe: () => Promise.resolve(),
      letPrimaryReturn: (open) => open(),
      deliverNow: () => again(false),
      holdAgain: () => again(true),
    } satisfies Running;
  },
};

async function writeConfig(room: Workplace, port: number, { primaryPort, bytes }: Task): Promise<void> {
  await room.makeFolder('config');
  await room.makeFolder('plugins');
  await room.makeFolder('queue');
  const config = (name: string): string => join(room.folder, 'config', name);
  await writeFile(config('smtp.ini'), `listen=127.0.0.1:${port}\nnodes=0\n`);
  await writeFile(config('me'), 'mx.haraka.test\n');
  await writeFile(config('log.ini'), '[main]\nlevel=notice\n');
  // It takes all of this file or none of it: what stands beside the sizes are its own defaults.
  await writeFile(
    config('connection.ini'),
    `[headers]
max_lines=1000
max_received=100
[max]
bytes=${Math.max(26_214_400, 2 * bytes)}
mime_parts=1000
line_length=512
data_line_length=992
[message]
helo=Haraka is at your service.
close=closing connection. Have a jolly good day.
[uuid]
banner_chars=6
deny_chars=0
`,
  );
  await writeFile(config('plugins'), 'backup_mx\n');
  await writeOutbound(room, true);
  await writeFile(
    join(room.folder, 'plugins/backup_mx.js'),
    `exports.hook_rcpt = function (next, connection, [rcpt]) {
  if (rcpt.host.toLowerCase() !== ${JSON.stringify(backedUpDomain)}) return next(DENY, 'relay not permitted');
  connection.relaying = true;
  next(OK);
};
exports.hook_get_mx = (next) => next(OK, { priority: 0, exchange: '127.0.0.1', port: ${primaryPort} });
`,
  );
}

async function writeOutbound(room: Workplace, isDisabled: boolean): Promise<void> {
  await writeFile(
    join(room.folder, 'config/outbound.ini'),
    `disabled=${isDisabled}\nconcurrency_max=100\nenable_tls=false\n`,
  );
}
