import { execFileSync, spawn } from 'node:child_process';
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kind, Mood } from './mail-server';

const mailOwner = 65_534; // nobody: owns the mailbox and nothing else

/** What its restrictions say of each recipient. */
const restrictions: Record<Mood, string> = {
  fine: 'permit',
  greylists: 'check_recipient_access static:{450 4.2.0 Greylisted, see http://postgrey.schweikert.ch/help/}',
  'mailbox-full': 'check_recipient_access static:{452 4.2.2 Mailbox full}',
  'knows-nobody': 'permit',
  slow: 'sleep 3, permit',
};

/** What every Postfix has in its master.cf beside its listeners. */
export const services = `pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;

/**
 * Arguments of a shell that starts it. It opens its log by name, which a socket does not allow, and what Node calls a pipe is one: so
 * through a real pipe.
 */
export const startPostfix = (configuration: string): string[] => [
  '-c',
  'postfix -c "$0" start-fg 2>&1 | cat',
  configuration,
];

/** Postfix as installed (package postfix), with a configuration and a queue of its own. */
export const postfix: Kind = {
  name: 'postfix',
  session: 'smtpd',
  moods: ['fine', 'greylists', 'mailbox-full', 'knows-nobody', 'slow'],
  async launch(directory, { domain, port, host, certificate, alsoOn }, mood) {
    for (const folder of ['conf', 'queue', 'data', 'mail'])
      await mkdir(join(directory, folder), { recursive: true });
    await chown(join(directory, 'mail'), mailOwner, mailOwner);
    await chownToPostfix(join(directory, 'data'));
    const certificateFile = join(directory, 'conf/certificate.pem');
    if (certificate) await writeFile(certificateFile, certificate.key + certificate.cert, { mode: 0o600 });
    await writeFile(
      join(directory, 'conf/main.cf'),
      `compatibility_level = 3.6
myhostname = postfix.primary.test
mydestination =
queue_directory = ${directory}/queue
data_directory = ${directory}/data
inet_interfaces = all
mynetworks = 127.255.255.254/32
maillog_file = /dev/stdout
alias_maps =
virtual_mailbox_domains = ${mood === 'knows-nobody' ? '' : domain}
virtual_mailbox_maps = static:/mail/
virtual_mailbox_base = ${directory}
virtual_uid_maps = static:${mailOwner}
virtual_gid_maps = static:${mailOwner}
virtual_minimum_uid = 1
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = ${restrictions[mood]}
smtpd_peername_lookup = no
smtpd_authorized_xclient_hosts = 127.0.0.0/8
smtpd_authorized_xforward_hosts = 127.0.0.0/8
message_size_limit = 60000000
mailbox_size_limit = 0
virtual_mailbox_limit = 0
${certificate ? `smtpd_tls_security_level = may\nsmtpd_tls_chain_files = ${certificateFile}\n` : ''}`,
    );
    await writeFile(
      join(directory, 'conf/master.cf'),
      `${[`${host}:${port}`, ...(alsoOn ? [alsoOn] : [])].map((at) => `${at} inet n - n - - smtpd\n`).join('')}${services}`,
    );
    return spawn('/bin/sh', startPostfix(join(directory, 'conf')), {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  },
};

export async function chownToPostfix(folder: string): Promise<void> {
  execFileSync('chown', ['postfix', folder]);
  await chmod(folder, 0o700);
}
