/**
 * Where one run happens: a folder of its own, the processes that it started, and how all of it goes away again, in the reverse
 * order in which it came. What a killed run could not clear away, the next one does.
 */
import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child, type ChildPlan } from './child';

const prefix = 'holdfast-bench-';

type End = () => Promise<void>;

export class Workplace {
  private readonly ends: End[] = [];
  private ending: Promise<void> | undefined;

  private constructor(readonly folder: string) {}

  /** @param parent a folder on the disk that is to be measured */
  static async open(parent = tmpdir()): Promise<Workplace> {
    await clearAwayOfTheDead(parent);
    const folder = await mkdtemp(join(parent, `${prefix}${process.pid}-`));
    // Postgres, Postfix and Exim run as users of their own and must be able to pass through.
    await chmod(folder, 0o755);
    return new Workplace(folder);
  }

  /** A part of this place with an end of its own; it ends with the whole at the latest. */
  async room(name: string): Promise<Workplace> {
    const folder = await mkdtemp(join(this.folder, `${name}-`));
    await chmod(folder, 0o755);
    const room = new Workplace(folder);
    this.onEnd(() => room.end());
    return room;
  }

  async makeFolder(...names: string[]): Promise<string> {
    const path = join(this.folder, ...names);
    await mkdir(path, { recursive: true });
    return path;
  }

  /** Starts a process that ends with this place. */
  start(plan: ChildPlan): Child {
    if (this.ending) throw new Error('The run is ending');
    const child = new Child(plan, this.folder);
    this.onEnd(() => child.stop());
    return child;
  }

  /** What is to be done before the folder goes. */
  onEnd(end: End): void {
    this.ends.push(end);
  }

  /** Ends everything. To call it twice, or while it is under way, does no harm. */
  end(): Promise<void> {
    this.ending ??= (async () => {
      for (let end = this.ends.pop(); end; end = this.ends.pop()) await end();
      await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
    })();
    return this.ending;
  }
}

async function clearAwayOfTheDead(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid)))
      await rm(join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
