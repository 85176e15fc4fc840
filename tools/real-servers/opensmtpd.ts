import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kind } from './mail-server';
import { spawnInWorld, withAccounts } from './own-world';
import { unpack } from './unpack';

const mailbox = { name: 'mailbox', uid: 9_928 };

/** OpenSMTPD, unpacked from Debian's package. It has no restriction that answers a recipient with 4xx of our choice but a filter. */
export const opensmtpd: Kind = {
  name: 'opensmtpd',
  session: 'smtpd',
  moods: ['fine', 'greylists', 'mailbox-full', 'knows-nobody'],
  async launch(directory, { domain, port, host, certificate }, mood) {
    const home = await unpack(['opensmtpd']);
    for (const folder of ['spool/smtpd', 'run', 'mail'])
      await mkdir(join(directory, folder), { recursive: true });
    await chmod(join(directory, 'spool/smtpd'), 0o711);
    await chown(join(directory, 'mail'), mailbox.uid, mailbox.uid);
    const empty = '/var/lib/opensmtpd/empty';
    const config = join(directory, 'smtpd.conf');
    const certificateFile = join(directory, 'certificate.pem');
    const keyFile = join(directory, 'key.pem');
    if (certificate) {
      await writeFile(certificateFile, certificate.cert, { mode: 0o600 });
      await writeFile(keyFile, certificate.key, { mode: 0o600 });
    }
    const says = { greylists: '451 4.7.1 Greylisted, come again', 'mailbox-full': '452 4.2.2 Mailbox full' }[
      mood as string
    ];
    const known = mood === 'knows-nobody' ? 'nobody-here.invalid' : domain;
    await writeFile(
      config,
      `table boxes { "@${known}" = "${mailbox.name}" }
${certificate ? `pki primary cert "${certificateFile}"\npki primary key "${keyFile}"` : ''}
${says ? `filter "says" phase rcpt-to match !rdns "none.invalid" reject "${says}"` : ''}
listen on ${host} port ${port} hostname opensmtpd.primary.test ${certificate ? 'tls pki primary ' : ''}${says ? 'filter "says"' : ''}
smtp max-message-size 60M
action "keep" maildir "${directory}/mail" virtual <boxes>
match from any for domain "${known}" action "keep"
`,
    );
    return spawnInWorld(
      {
        mounts: {
          ...(await withAccounts(directory, [
            { name: 'opensmtpd', uid: 9_926, home: empty },
            { name: 'opensmtpq', uid: 9_927, home: empty },
            { ...mailbox, home: join(directory, 'mail') },
          ])),
          '/var/spool': join(directory, 'spool'),
          '/run': join(directory, 'run'),
        },
        // Its chroot, and the programs that it delivers with, at the places that it was built with.
        empty: ['/usr/libexec', '/var/lib'],
        prepare: [`cp -r ${join(home, 'usr/libexec/opensmtpd')} /usr/libexec/opensmtpd`, `mkdir -p ${empty}`],
      },
      [join(home, 'usr/sbin/smtpd'), '-d', '-f', config],
    );
  },
};
