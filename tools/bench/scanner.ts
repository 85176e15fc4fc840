/**
 * rspamd as `npm start` runs it without the Internet, for whoever takes part: its normal worker answers Holdfast over HTTP, its proxy
 * scans by itself for Postfix's milter. Each has as many processes as Holdfast gives it, and only one of the two is used in a turn.
 */
import { randomBytes } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { workspaceRoot } from '../build/workspace.ts';
import { findProgram } from '../up/find-program';
import { freeLoopbackPort } from '../up/ports';
import { rspamdPart } from '../up/rspamd';
import { ServiceUser } from '../up/service-user';
import type { Scanner } from './contestant';
import { listens } from './smtp-load';
import type { Workplace } from './workplace';

export async function startScanner(room: Workplace): Promise<Scanner> {
  const program = findProgram('rspamd');
  if (!program) throw new Error('rspamd is not installed (apt install rspamd)');
  const folder = join(room.folder, 'rspamd');
  const configFolder = join(workspaceRoot, 'docker/rspamd');
  const port = await freeLoopbackPort();
  const controllerPort = await freeLoopbackPort();
  const milterPort = await freeLoopbackPort();
  const controllerPassword = randomBytes(16).toString('hex');
  const workers = Math.max(1, Math.floor(availableParallelism() / 2));
  const plan = await rspamdPart({
    program,
    folder,
    configFolder,
    user: ServiceUser.find([room.folder, configFolder]),
    around: {
      ...{ port, controllerPort, controllerPassword, workers, dnsServers: ['127.0.0.1:1'] },
      ...{ redis: undefined, clamavPort: undefined, mayAskInternet: false, blockLists: [] },
    },
  });
  await appendFile(
    join(folder, 'parts.conf'),
    `worker "rspamd_proxy" {
  bind_socket = "127.0.0.1:${milterPort}";
  milter = yes;
  timeout = 120s;
  count = ${workers};
  upstream "local" { default = yes; self_scan = yes; }
}
`,
  );
  const child = room.start({ ...plan, name: 'rspamd', cwd: '/' });
  const { ready } = plan;
  if (ready === 'message') throw new Error('rspamd says nothing when it is ready');
  await child.untilReady(async () => (await ready()) && (await listens(milterPort)));
  return {
    httpUrl: `http://127.0.0.1:${port}`,
    milterPort,
    async scanned() {
      const answer = await fetch(`http://127.0.0.1:${controllerPort}/stat`, {
        headers: { Password: controllerPassword },
      });
      return ((await answer.json()) as { scanned: number }).scanned;
    },
  };
}
