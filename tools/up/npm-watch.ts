import { readFileSync } from 'node:fs';

const lookEveryMs = 250;
const shells = ['sh', 'dash', 'bash'];

/** Name and parent of a process, from fields 2 and 4 of /proc/PID/stat. */
function parentage(pid: number): { name: string; parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const bracket = stat.lastIndexOf(')');
    return {
      name: stat.slice(stat.indexOf('(') + 1, bracket),
      parent: Number(stat.slice(bracket + 2).split(' ')[1]),
    };
  } catch {
    return undefined;
  }
}

/**
 * Calls `gone` once when the npm that started us has ended. npm passes a signal on to the shell between us, which dies of it and
 * tells nobody; and a killed npm passes nothing on. Whoever ended it wanted an end, not an orphan that holds the ports.
 */
export function watchNpm(env: NodeJS.ProcessEnv, gone: () => void): void {
  if (env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const shell = parentage(parent);
  const isBehindShell = shell !== undefined && shells.includes(shell.name);
  const timer = setInterval(() => {
    const isThere = process.ppid === parent && (!isBehindShell || parentage(parent)?.parent === shell.parent);
    if (isThere) return;
    clearInterval(timer);
    gone();
  }, lookEveryMs);
  timer.unref();
}
