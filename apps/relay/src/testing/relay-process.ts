import { execFile, fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** Bundles the relay as `npm start` does. */
export async function buildRelay(): Promise<void> {
  await promisify(execFile)(process.execPath, ['tools/bundle.mjs', 'apps/relay'], { cwd: root });
}

/** The relay as a process of its own, which a story can kill. */
export class RelayProcess {
  private constructor(private readonly child: ChildProcess) {}

  /** Resolves when it says that it is ready. */
  static async start(env: NodeJS.ProcessEnv): Promise<RelayProcess> {
    const child = fork(`${root}dist/apps/relay/main.js`, {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const process_ = new RelayProcess(child);
    process.once('exit', () => child.kill('SIGKILL'));
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', (code) => reject(new Error(`The relay ended with ${code} before it was ready`)));
    });
    return process_;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    await ended;
  }
}
