/**
 * Exim, Debian's light build, as the backup MX of one domain. `queue_only`: what comes in is put on the queue without an attempt,
 * which is what makes it quick; a queue runner delivers later. It syncs both of a message's files before its 250.
 *
 * Debian's Exim insists on a user of its own. It gets one in a private mount namespace, in which /etc/passwd and /etc/group are
 * other files; the machine's own are not touched.
 */
import { execFile } from 'node:child_process';
import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freeLoopbackPort } from '../../up/ports';
import { backedUpDomain, type Contestant, type Running, type Task } from '../contestant';
import { unpack } from '../../real-servers/unpack';
import { missingLibraries } from '../fetched';
import { greets } from '../smtp-load';
import type { Workplace } from '../workplace';

const run = promisify(execFile);

const user = 'Debian-exim';
/** Not in use on a Debian, whose own system users end below it. */
const userId = 64_990;
/** Runs the rest of its arguments with other user lists; $1 is the folder in which they lie. */
const inNamespace =
  'mount --bind "$1/passwd" /etc/passwd && mount --bind "$1/group" /etc/group && shift && exec "$@"';

const files = async (): Promise<{ program: string; libraries: string }> => {
  const folder = await unpack(['exim4-base', 'exim4-daemon-light', 'libidn12']);
  return { program: join(folder, 'usr/sbin/exim4'), libraries: join(folder, 'usr/lib/x86_64-linux-gnu') };
};

const queueRunners = 20;

export const exim: Contestant = {
  name: 'exim',
  async prepare() {
    if (process.getuid?.() !== 0) return 'Exim must be started by root';
    const mayUnshare = await run('unshare', ['--mount', 'true']).then(
      () => true,
      () => false,
    );
    if (!mayUnshare) return 'a mount namespace is not allowed here';
    const { program, libraries } = await files();
    const missing = await missingLibraries(program, libraries);
    return missing.length > 0 ? `this machine lacks ${missing.join(', ')}` : undefined;
  },
  async start(room, task) {
    const { program, libraries } = await files();
    const port = await freeLoopbackPort();
    const config = await writeConfig(room, port, task);
    const env = { ...process.env, LD_LIBRARY_PATH: libraries };
    const command = (...args: string[]): string[] => [
      ...['--mount', 'sh', '-c', inNamespace, 'sh', room.folder, program, '-C', config, ...args],
    ];
    const daemon = room.start({ name: 'exim', command: 'unshare', args: command('-bdf'), env });
    await daemon.untilReady(() => greets(port));
    return {
      port,
      allSafe: () => Promise.resolve(),
      holdAgain: () => Promise.resolve(),
      letPrimaryReturn: (open) => open(),
      deliverNow() {
        for (let n = 0; n < queueRunners; n++)
          room.start({ name: `exim-queue-${n}`, command: 'unshare', args: command('-qff'), env });
        return Promise.resolve();
      },
    } satisfies Running;
  },
};

async function writeConfig(room: Workplace, port: number, { primaryPort, bytes }: Task): Promise<string> {
  await writeFile(
    join(room.folder, 'passwd'),
    `${await readFile('/etc/passwd', 'utf8')}${user}:x:${userId}:${userId}::/nonexistent:/usr/sbin/nologin\n`,
  );
  await writeFile(
    join(room.folder, 'group'),
    `${await readFile('/etc/group', 'utf8')}${user}:x:${userId}:\n`,
  );
  const spool = join(room.folder, 'spool');
  const logs = join(room.folder, 'logs');
  for (const folder of [spool, logs]) {
    await mkdir(folder);
    await chown(folder, userId, userId);
  }
  const config = join(room.folder, 'exim.conf');
  await writeFile(
    config,
    `primary_hostname = mx.exim.test
spool_directory = ${spool}
log_file_path = ${logs}/%slog
local_interfaces = <; 127.0.0.1
daemon_smtp_ports = ${port}
tls_advertise_hosts =
domainlist relay_to_domains = ${backedUpDomain}
acl_smtp_rcpt = check_rcpt
queue_only
split_spool_directory
smtp_accept_max = 500
smtp_accept_max_per_connection = 1000000
smtp_connect_backlog = 511
message_size_limit = ${Math.max(50 * 2 ** 20, 2 * bytes)}
rfc1413_query_timeout = 0s
host_lookup =
keep_environment = LD_LIBRARY_PATH

begin acl
check_rcpt:
  accept domains = +relay_to_domains
  deny message = relay not permitted

begin routers
primary:
  driver = manualroute
  domains = +relay_to_domains
  transport = to_primary
  route_list = * 127.0.0.1
  self = send

begin transports
to_primary:
  driver = smtp
  port = ${primaryPort}
  hosts_try_fastopen =
  connection_max_messages = 500
`,
  );
  return config;
}
