/**
 * Postfix as Debian ships it (its main.cf and master.cf, without the chroot, which an unpacked package has not), as the backup MX of
 * one domain: `relay_domains`, and a transport to the primary, which is down. What comes in is tried once, deferred, and held.
 * It syncs each message's queue file before its 250. Nothing listens at /dev/log here as a rule, so its log costs it nothing.
 */
import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freeLoopbackPort } from '../../up/ports';
import { backedUpDomain, type Contestant, type Running, type Task } from '../contestant';
import { missingLibraries } from '../fetched';
import { greets, postfixFiles, type PostfixFiles } from '../smtp-load';
import type { Workplace } from '../workplace';
import { idsOf } from './borrowed-users';

/** Users that every Debian has and nobody uses: Postfix wants two that are its own, and none is created for a measurement. */
const mailOwner = 'news';
const setgidGroup = 'uucp';

const queueFolders = [
  ...[
    'active',
    'bounce',
    'corrupt',
    'defer',
    'deferred',
    'flush',
    'hold',
    'incoming',
    'private',
    'saved',
    'trace',
  ],
];

export function postfix(name: string, more: Record<string, string> = {}): Contestant {
  return {
    name,
    async prepare() {
      if (process.getuid?.() !== 0) return 'Postfix must be started by root';
      const { folder, libraries } = await postfixFiles();
      const missing = await missingLibraries(join(folder, 'usr/lib/postfix/sbin/smtpd'), libraries);
      return missing.length > 0 ? `this machine lacks ${missing.join(', ')}` : undefined;
    },
    async start(room, task) {
      const files = await postfixFiles();
      const port = await freeLoopbackPort();
      const config = await writeConfig(room, files, port, task, more);
      await makeQueue(room);
      const env = { ...process.env, MAIL_CONFIG: config, LD_LIBRARY_PATH: files.libraries };
      const master = room.start({
        name: 'postfix',
        command: join(files.folder, 'usr/lib/postfix/sbin/master'),
        args: ['-c', config, '-d'],
        env,
      });
      await master.untilReady(() => greets(port));
      return {
        port,
        allSafe: () => Promise.resolve(),
        holdAgain: () => Promise.resolve(),
        // What is still in its first attempt would be deferred after the flush, and wait out its schedule.
        async letPrimaryReturn(open) {
          await untilEmpty(join(room.folder, 'queue/incoming'), join(room.folder, 'queue/active'));
          await open();
        },
        async deliverNow() {
          await promisify(execFile)(join(files.folder, 'usr/sbin/postqueue'), ['-c', config, '-f'], { env });
        },
      } satisfies Running;
    },
  };
}

async function untilEmpty(...folders: string[]): Promise<void> {
  for (const folder of folders) while ((await readdir(folder)).length > 0) await pause(100);
}

async function writeConfig(
  room: Workplace,
  { folder, libraries }: PostfixFiles,
  port: number,
  { primaryPort, scanner, bytes }: Task,
  more: Record<string, string>,
): Promise<string> {
  const config = await room.makeFolder('etc');
  const share = join(folder, 'usr/share/postfix');
  const settings: Record<string, string> = {
    queue_directory: join(room.folder, 'queue'),
    data_directory: join(room.folder, 'state'),
    daemon_directory: join(libraries, 'sbin'),
    command_directory: join(folder, 'usr/sbin'),
    shlib_directory: libraries,
    mail_owner: mailOwner,
    setgid_group: setgidGroup,
    import_environment: 'MAIL_CONFIG TZ LANG=C LD_LIBRARY_PATH',
    myhostname: 'mx.postfix.test',
    mydestination: '',
    alias_maps: '',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    relay_domains: backedUpDomain,
    transport_maps: `inline:{${backedUpDomain}=relay:[127.0.0.1]:${primaryPort}}`,
    message_size_limit: String(Math.max(10_240_000, 2 * bytes)),
    ...(scanner
      ? { smtpd_milters: `inet:127.0.0.1:${scanner.milterPort}`, milter_default_action: 'accept' }
      : {}),
    ...more,
  };
  const main = await readFile(join(share, 'main.cf.debian'), 'utf8');
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}`);
  await writeFile(join(config, 'main.cf'), `${main}\n${lines.join('\n')}\n`);
  const master = (await readFile(join(share, 'master.cf.dist'), 'utf8'))
    .replace(/^smtp( +inet)/m, `127.0.0.1:${port}$1`)
    .replace(/^(\S+ +(?:inet|unix|unix-dgram|fifo) +\S+ +\S+ +)y/gm, '$1n');
  await writeFile(join(config, 'master.cf'), master);
  return config;
}

/** What Debian makes when it installs the package. */
async function makeQueue(room: Workplace): Promise<void> {
  const owner = idsOf(mailOwner);
  const group = idsOf(setgidGroup);
  const make = async (path: string, uid: number, gid: number, mode: number): Promise<void> => {
    await mkdir(path, { recursive: true });
    await chown(path, uid, gid);
    await chmod(path, mode);
  };
  const queue = join(room.folder, 'queue');
  await make(queue, 0, 0, 0o755);
  await make(join(queue, 'pid'), 0, 0, 0o755);
  for (const name of queueFolders) await make(join(queue, name), owner.uid, 0, 0o700);
  await make(join(queue, 'public'), owner.uid, group.gid, 0o2710);
  await make(join(queue, 'maildrop'), owner.uid, group.gid, 0o1730);
  await make(join(room.folder, 'state'), owner.uid, owner.gid, 0o755);
}
