/**
 * Who a process is. A pid alone is not enough: after a crash or a reboot the same number may be somebody else's, and ending a
 * stranger's process is the one thing that a start must never do. Pid, start time and boot together are never used twice.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

export interface Identity {
  pid: number;
  /** clock ticks since boot, as the kernel counts them: field 22 of /proc/PID/stat */
  startTime: string;
  bootId: string;
}

const readBootId = async (): Promise<string> =>
  (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();

/** Field 22 of a line of /proc/PID/stat. The program's name, field 2, may itself hold spaces and brackets. */
export function startTimeIn(stat: string): string | undefined {
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended; only its parent has not looked yet.
  return afterName[0] === 'Z' ? undefined : afterName[19];
}

/** The identity of a running process, or undefined when there is none with this pid. */
export async function identify(pid: number): Promise<Identity | undefined> {
  try {
    const startTime = startTimeIn(await readFile(`/proc/${pid}/stat`, 'utf8'));
    return startTime === undefined ? undefined : { pid, startTime, bootId: await readBootId() };
  } catch {
    return undefined;
  }
}

/** Whether exactly this process still runs. */
export async function isAlive(identity: Identity): Promise<boolean> {
  const now = await identify(identity.pid);
  return now?.startTime === identity.startTime && now.bootId === identity.bootId;
}

/** Sends a signal to exactly this process; nothing happens when it has ended. */
export async function signalTo(identity: Identity, signal: NodeJS.Signals): Promise<void> {
  if (!(await isAlive(identity))) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    // ESRCH: it ended in between, which is what we wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Waits for the end of a process that is not our child. Returns false when it still runs after `withinMs`. */
export async function waitForEnd(identity: Identity, withinMs: number): Promise<boolean> {
  const until = Date.now() + withinMs;
  while (await isAlive(identity)) {
    if (Date.now() > until) return false;
    await pause(20);
  }
  return true;
}
