import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { blockListsSection, type BlockList } from '@holdfast/rspamd-client';
import type { PartPlan } from './part';
import type { ServiceUser } from './service-user';

export interface RspamdSurroundings {
  port: number;
  controllerPort: number;
  controllerPassword: string;
  workers: number;
  redis: { port: number; password: string } | undefined;
  clamavPort: number | undefined;
  /** `host:port`; empty means the system's */
  dnsServers: string[];
  /** whether lists and services on the Internet may be asked */
  mayAskInternet: boolean;
  /** the provider's own, asked wherever its name servers are */
  blockLists: readonly BlockList[];
}

/** `127.0.0.1:53` -> `127.0.0.1:53`, `[::1]:53` -> `[::1]:53`, without a port 53. */
const nameserver = (server: string): string => (/(\]|\.\d+):\d+$/.test(server) ? server : `${server}:53`);

/**
 * The file that our rspamd.conf includes for what differs between machines. Kept apart from the configuration itself, so that
 * `npm start` and the containers run the same one.
 */
export function partsFile(around: RspamdSurroundings): string {
  const {
    port,
    controllerPort,
    controllerPassword,
    workers,
    redis,
    clamavPort,
    dnsServers,
    mayAskInternet,
    blockLists,
  } = around;
  const sections = [
    `worker "normal" {\n  bind_socket = "127.0.0.1:${port}";\n  count = ${workers};\n  mime = true;\n}`,
    // Nobody talks to it; rspamd wants it there to watch its maps.
    `worker "controller" {\n  bind_socket = "127.0.0.1:${controllerPort}";\n  count = 1;\n  password = "${controllerPassword}";\n  secure_ip = [];\n}`,
  ];
  if (dnsServers.length > 0)
    sections.push(
      `options { dns { nameserver = [${dnsServers.map((server) => `"${nameserver(server)}"`).join(', ')}]; } }`,
    );
  if (redis) sections.push(`redis { servers = "127.0.0.1:${redis.port}"; password = "${redis.password}"; }`);
  // Without a memory a greylisted sender would be put off for ever.
  else sections.push('actions { greylist = null; }\ngreylist { enabled = false; }');
  if (clamavPort !== undefined) {
    sections.push(
      [
        'antivirus {',
        '  clamav {',
        `    servers = "127.0.0.1:${clamavPort}";`,
        '    .include "$LOCAL_CONFDIR/clamav.conf"',
        '  }',
        '}',
      ].join('\n'),
    );
  }
  if (!mayAskInternet)
    sections.push('.include(priority=10,duplicate=merge) "$LOCAL_CONFDIR/without-internet.conf"');
  // Beside rspamd's own lists, or in their place where the Internet cannot be asked.
  if (blockLists.length > 0)
    sections.push(
      `.include(priority=11,duplicate=${mayAskInternet ? 'merge' : 'rewrite'}) "$RUNDIR/block-lists.conf"`,
    );
  return `${sections.join('\n')}\n`;
}

/** rspamd as a part; `configFolder` is docker/rspamd of the checkout. */
export async function rspamdPart(options: {
  program: string;
  folder: string;
  configFolder: string;
  user: ServiceUser;
  around: RspamdSurroundings;
}): Promise<PartPlan> {
  const { program, folder, configFolder, user, around } = options;
  await user.ownFolder(folder);
  const parts = join(folder, 'parts.conf');
  await writeFile(parts, partsFile(around), { mode: 0o600 });
  await user.own(parts);
  const lists = join(folder, 'block-lists.conf');
  await writeFile(lists, blockListsSection(around.blockLists), { mode: 0o600 });
  await user.own(lists);
  const variables = {
    LOCAL_CONFDIR: configFolder,
    HOLDFAST_PARTS: parts,
    RUNDIR: folder,
    DBDIR: folder,
    LOGDIR: folder,
  };
  return {
    name: 'rspamd',
    ...user.run(
      program,
      [
        '-f',
        '-c',
        join(configFolder, 'rspamd.conf'),
        ...Object.entries(variables).map(([key, value]) => `--var=${key}=${value}`),
      ],
      'SIGTERM',
    ),
    cwd: '/',
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    ready: async () =>
      (await fetch(`http://127.0.0.1:${around.port}/ping`, { signal: AbortSignal.timeout(1_000) })).ok,
    stopSignal: 'SIGTERM',
    stopWithinMs: 8_000,
    plainLevel: () => 'debug',
  };
}
