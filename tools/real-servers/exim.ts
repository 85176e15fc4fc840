import { chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kind, Mood } from './mail-server';
import { spawnInWorld, withAccounts } from './own-world';
import { unpack } from './unpack';

/** Debian's build looks for this account by name. */
const account = { name: 'Debian-exim', uid: 9_925, home: '/nonexistent' };

const rcptSays: Record<Mood, string> = {
  fine: '',
  greylists: '  defer message = Greylisted; try again in five minutes\n',
  'mailbox-full': '  defer message = <$local_part@$domain> mailbox is full\n',
  'knows-nobody': '',
  slow: '  warn delay = 3s\n',
};

/** Exim 4, unpacked from Debian's package. */
export const exim: Kind = {
  name: 'exim',
  session: 'exim4',
  moods: ['fine', 'greylists', 'mailbox-full', 'knows-nobody', 'slow'],
  async launch(directory, { domain, port, host, certificate }, mood) {
    const home = await unpack(['exim4-daemon-light', 'libidn12']);
    // It runs itself again as its own user, who cannot look into our cache: the package stands at /srv in its world.
    const program = '/srv/usr/sbin/exim4';
    const folders = ['spool', 'log', 'mail', 'run'].map((folder) => join(directory, folder));
    for (const folder of folders) {
      await mkdir(folder, { recursive: true });
      await chown(folder, account.uid, account.uid);
    }
    const certificateFile = join(directory, 'certificate.pem');
    if (certificate) {
      await writeFile(certificateFile, certificate.key + certificate.cert, { mode: 0o600 });
      await chown(certificateFile, account.uid, account.uid);
    }
    const config = join(directory, 'exim.conf');
    await writeFile(
      config,
      `exim_path = ${program}
primary_hostname = exim.primary.test
keep_environment = LD_LIBRARY_PATH
spool_directory = ${directory}/spool
log_file_path = ${directory}/log/%slog
pid_file_path = ${directory}/run/exim.pid
daemon_smtp_ports = ${port}
local_interfaces = ${host}
message_size_limit = 60M
smtp_accept_max = 100
smtp_accept_max_per_host = 100
${certificate ? `tls_advertise_hosts = *\ntls_certificate = ${certificateFile}\ntls_privatekey = ${certificateFile}` : 'tls_advertise_hosts ='}
domainlist local_domains = ${mood === 'knows-nobody' ? '' : domain}
acl_smtp_rcpt = rcpt
acl_smtp_data = data
begin acl
rcpt:
${rcptSays[mood]}  accept domains = +local_domains
  deny message = relay not permitted
data:
  accept
begin routers
local:
  driver = accept
  domains = +local_domains
  transport = maildir
begin transports
maildir:
  driver = appendfile
  directory = ${directory}/mail
  maildir_format
  create_directory
  user = ${account.name}
  group = ${account.name}
begin retry
* * F,2h,1m
`,
    );
    return spawnInWorld(
      {
        mounts: { ...(await withAccounts(directory, [account])), '/srv': home },
        env: { LD_LIBRARY_PATH: '/srv/usr/lib/x86_64-linux-gnu:/srv/usr/lib/aarch64-linux-gnu' },
      },
      [program, '-C', config, '-bdf', '-q1m'],
    );
  },
};
