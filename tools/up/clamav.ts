import { copyFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PartPlan } from './part';
import { answersTo } from './redis';
import type { ServiceUser } from './service-user';

/** Where Debian's freshclam keeps the signatures of the world. */
const freshclamFolder = '/var/lib/clamav';

export interface ClamavPart {
  plan: PartPlan;
  /** false: only the test signatures are there, so real viruses pass */
  hasRealSignatures: boolean;
}

/**
 * ClamAV's daemon. Without freshclam's database it knows two test signatures, EICAR's and ours: enough to see the way of an
 * infected message, and it starts within a second.
 */
export async function clamavPart(options: {
  program: string;
  folder: string;
  ourSignatures: string;
  user: ServiceUser;
  port: number;
}): Promise<ClamavPart> {
  const { program, folder, ourSignatures, user, port } = options;
  await user.ownFolder(folder);
  const database = join(folder, 'signatures');
  await user.ownFolder(database);
  await copyFile(ourSignatures, join(database, 'holdfast.ndb'));
  await user.own(join(database, 'holdfast.ndb'));
  const hasRealSignatures = (await readdir(freshclamFolder).catch(() => [] as string[])).some((name) =>
    /^main\.c[vl]d$/.test(name),
  );
  const config = join(folder, 'clamd.conf');
  const lines = [
    `DatabaseDirectory ${hasRealSignatures ? freshclamFolder : database}`,
    `TemporaryDirectory ${folder}`,
    `TCPSocket ${port}`,
    'TCPAddr 127.0.0.1',
    'Foreground yes',
    'LogTime no',
    'MaxThreads 4',
    'StreamMaxLength 100M',
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  await user.own(config);
  return {
    hasRealSignatures,
    plan: {
      name: 'clamav',
      ...user.run(program, ['--config-file', config], 'SIGTERM'),
      cwd: '/',
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
      ready: () => answersTo(port, 'nPING\n', 'PONG'),
      stopSignal: 'SIGTERM',
      stopWithinMs: 5_000,
      plainLevel: () => 'debug',
    },
  };
}
