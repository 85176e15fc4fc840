import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { blockListsSection, type BlockList } from '../block-lists';
import { answersTo, freePort, runServer } from './run-server';

export interface RunningRspamd {
  url: string;
  port: number;
  /** Stops it as a crash would, and comes back when it is gone. */
  stop(): Promise<void>;
}

export interface RspamdParts {
  /** 0, the default, takes a free one; a fixed one lets rspamd come back where it was */
  port?: number;
  /** `127.0.0.1:port` of the name server that SPF, DKIM and DMARC ask; without it they are off */
  dns?: string;
  clamavPort?: number;
  /** with it rspamd greylists */
  redisPort?: number;
  /** block lists that decide; with `dns` */
  blockLists?: readonly BlockList[];
  /** the folder of our configuration, for a program that was bundled and no longer stands beside it */
  configFolder?: string;
  /** configuration that comes last */
  more?: string;
}

const configuration = fileURLToPath(new URL('../../../../docker/rspamd', import.meta.url));

/**
 * A real rspamd with our own configuration, on free loopback ports, in a directory of its own, without anything that asks the
 * network. Ready when it answers.
 */
export async function startRspamd(parts: RspamdParts = {}): Promise<RunningRspamd> {
  const port = parts.port || (await freePort());
  const controllerPort = await freePort();
  const stop = await runServer({
    name: 'rspamd',
    async prepare(directory) {
      const file = join(directory, 'parts.conf');
      await writeFile(file, partsFile(parts, port, controllerPort));
      if (parts.blockLists)
        await writeFile(join(directory, 'block-lists.conf'), blockListsSection(parts.blockLists));
      const configFolder = parts.configFolder ?? configuration;
      const variables = {
        LOCAL_CONFDIR: configFolder,
        HOLDFAST_PARTS: file,
        RUNDIR: directory,
        DBDIR: directory,
        LOGDIR: directory,
      };
      return {
        program: 'rspamd',
        arguments: [
          '-f',
          ...(process.getuid?.() === 0 ? ['-u', '_rspamd', '-g', '_rspamd'] : ['-i']),
          '-c',
          join(configFolder, 'rspamd.conf'),
          ...Object.entries(variables).map(([key, value]) => `--var=${key}=${value}`),
        ],
      };
    },
    isReady: () => answersTo(port, 'GET /ping HTTP/1.0\r\n\r\n', 'pong'),
  });
  return { url: `http://127.0.0.1:${port}`, port, stop };
}

function partsFile(
  { dns, clamavPort, redisPort, blockLists, more }: RspamdParts,
  port: number,
  controllerPort: number,
): string {
  return [
    `worker "normal" { bind_socket = "127.0.0.1:${port}"; count = 1; mime = true; }`,
    `worker "controller" { bind_socket = "127.0.0.1:${controllerPort}"; count = 1; password = "only-for-specs"; secure_ip = []; }`,
    // Specs send from loopback, which rspamd would otherwise exempt from what is about strangers.
    'options { check_local = true; }',
    ...(dns ? [`options { dns { nameserver = ["${dns}"]; } }`] : []),
    redisPort
      ? `redis { servers = "127.0.0.1:${redisPort}"; }`
      : 'actions { greylist = null; }\ngreylist { enabled = false; }',
    ...(clamavPort
      ? [
          `antivirus { clamav { servers = "127.0.0.1:${clamavPort}";\n.include "$LOCAL_CONFDIR/clamav.conf"\n} }`,
        ]
      : []),
    `.include(priority=10,duplicate=merge) "$LOCAL_CONFDIR/${dns ? 'without-lists' : 'without-internet'}.conf"`,
    ...(blockLists
      ? ['.include(priority=11,duplicate=rewrite) "$RUNDIR/block-lists.conf"', askAboutLoopback(blockLists)]
      : []),
    more ?? '',
    '',
  ].join('\n');
}

/** Specs come from loopback, which no list is asked about otherwise. */
const askAboutLoopback = (lists: readonly BlockList[]): string =>
  `rbl { rbls { ${lists.map(({ zone }) => `"${zone}" { exclude_local = false; exclude_private_ips = false; }`).join(' ')} } }`;
