/**
 * The user that Postgres, rspamd, ClamAV and Redis run as. Started by a person, that is the person. Started as root, it is the
 * system user `holdfast`: Postgres refuses to be root, and nothing that parses a stranger's mail should be.
 */
import { spawnSync } from 'node:child_process';
import { chown, mkdir } from 'node:fs/promises';
import { CannotStart } from './cannot-start';

export interface Command {
  command: string;
  args: string[];
  uid?: number;
  gid?: number;
}

const userName = 'holdfast';
const setpriv = '/usr/bin/setpriv';

const outputOf = (command: string, ...args: string[]): string | undefined => {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
};

const idsOf = (name: string): { uid: number; gid: number } | undefined => {
  const uid = outputOf('id', '-u', name);
  const gid = outputOf('id', '-g', name);
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
};

export class ServiceUser {
  private constructor(
    private readonly ids: { uid: number; gid: number } | undefined,
    private readonly hasSetpriv: boolean,
    private readonly needsWayThrough: boolean,
  ) {}

  /**
   * Finds or creates the user, and makes sure that it can reach `paths`.
   * @throws CannotStart with one sentence when it cannot
   */
  static find(paths: string[]): ServiceUser {
    const hasSetpriv = outputOf(setpriv, '--version') !== undefined;
    if (process.getuid?.() !== 0) return new ServiceUser(undefined, hasSetpriv, false);
    if (!idsOf(userName))
      outputOf(
        'useradd',
        '--system',
        '--user-group',
        '--no-create-home',
        '--home-dir',
        '/nonexistent',
        '--shell',
        '/usr/sbin/nologin',
        userName,
      );
    const ids = idsOf(userName);
    if (!ids)
      throw new CannotStart(
        `Postgres does not run as root, and the user ${userName} could not be created; start Holdfast as another user or set DATABASE_URL.`,
      );
    const plain = new ServiceUser(ids, hasSetpriv, false);
    const closed = paths.find((path) => !plain.canEnter(path));
    if (!closed) return plain;
    // A checkout or a data directory below a closed folder, such as /root: the user gets the one right to walk through.
    const withWay = new ServiceUser(ids, hasSetpriv, true);
    if (hasSetpriv && paths.every((path) => withWay.canEnter(path))) return withWay;
    throw new CannotStart(
      `Postgres does not run as root, and its user ${userName} cannot enter ${closed}; move it out of closed folders, start as another user or set DATABASE_URL.`,
    );
  }

  /**
   * The command that runs as this user. It is also asked to end with us: the kernel sends it `whenWeDie` should the supervisor be killed.
   */
  run(command: string, args: string[], whenWeDie: 'SIGTERM' | 'SIGINT'): Command {
    if (!this.hasSetpriv) return { command, args, ...this.ids };
    const as = this.ids ? [`--reuid=${this.ids.uid}`, `--regid=${this.ids.gid}`, '--clear-groups'] : [];
    const way = this.needsWayThrough
      ? // The first, because access(2) otherwise disregards the right, and initdb looks for its neighbours with it.
        ['--securebits=+no_setuid_fixup', '--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search']
      : [];
    return {
      command: setpriv,
      args: [...as, ...way, '--pdeathsig', whenWeDie.slice(3), '--', command, ...args],
    };
  }

  /** Makes a folder that belongs to this user and is closed to others. */
  async ownFolder(path: string): Promise<void> {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await this.own(path);
  }

  async own(path: string): Promise<void> {
    if (this.ids) await chown(path, this.ids.uid, this.ids.gid);
  }

  private canEnter(path: string): boolean {
    const { command, args, uid, gid } = this.run('/bin/sh', ['-c', 'cd "$1"', 'sh', path], 'SIGTERM');
    return spawnSync(command, args, { uid, gid }).status === 0;
  }
}
