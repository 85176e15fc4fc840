import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kind } from './mail-server';
import { spawnInWorld } from './own-world';
import { chownToPostfix, services, startPostfix } from './postfix';

export interface Surroundings {
  /** address whose port 53 answers its questions */
  nameServer: string;
  /** where it finds mail exchangers, in place of 25 */
  mxPort: number;
}

/**
 * Postfix as a stranger's server: takes mail for a domain and brings it to wherever DNS says, trying again every other second. It asks
 * our DNS because /etc/resolv.conf of its world names that.
 */
export const postfixThatSends = ({ nameServer, mxPort }: Surroundings): Kind => ({
  name: 'sender',
  session: 'smtp',
  moods: ['fine'],
  async launch(directory, { domain, port, host }) {
    const configuration = join(directory, 'conf');
    for (const folder of ['conf', 'queue', 'data']) await mkdir(join(directory, folder), { recursive: true });
    await chownToPostfix(join(directory, 'data'));
    const resolver = join(directory, 'resolv.conf');
    await writeFile(resolver, `nameserver ${nameServer}\noptions timeout:2 attempts:1\n`);
    await writeFile(
      join(configuration, 'main.cf'),
      `compatibility_level = 3.6
myhostname = sender.elsewhere.test
mydestination =
queue_directory = ${directory}/queue
data_directory = ${directory}/data
inet_interfaces = all
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
maillog_file = /dev/stdout
alias_maps =
smtpd_peername_lookup = no
smtp_host_lookup = dns
transport_maps = inline:{ {${domain} = smtp:${domain}:${mxPort}} }
minimal_backoff_time = 2s
maximal_backoff_time = 2s
queue_run_delay = 2s
smtp_connect_timeout = 3s
`,
    );
    await writeFile(join(configuration, 'master.cf'), `${host}:${port} inet n - n - - smtpd\n${services}`);
    return spawnInWorld({ mounts: { '/etc/resolv.conf': resolver } }, [
      '/bin/sh',
      ...startPostfix(configuration),
    ]);
  },
});
