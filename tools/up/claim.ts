/**
 * One Holdfast per data directory. `run/supervisor.json` names the one that has it; `run/<part>.json` name the processes that
 * it started, so that the next start can end what a kill -9 left behind, and only that.
 */
import { readdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identify, isAlive, signalTo, waitForEnd, type Identity } from './identity';
import { CannotStart } from './cannot-start';

/** How a left-over process wants to be ended; postgres calls SIGINT its fast shutdown, everybody else takes SIGTERM. */
export type StopSignal = 'SIGTERM' | 'SIGINT';

interface RunFile extends Identity {
  stopSignal: StopSignal;
}

const supervisorFile = (runDir: string): string => join(runDir, 'supervisor.json');

async function readRunFile(file: string): Promise<RunFile | undefined> {
  try {
    const { pid, startTime, bootId, stopSignal } = JSON.parse(
      await readFile(file, 'utf8'),
    ) as Partial<RunFile>;
    if (typeof pid !== 'number' || typeof startTime !== 'string' || typeof bootId !== 'string')
      return undefined;
    return { pid, startTime, bootId, stopSignal: stopSignal === 'SIGINT' ? 'SIGINT' : 'SIGTERM' };
  } catch {
    // Half written by a power cut, or not there: it names nobody.
    return undefined;
  }
}

/**
 * Takes the data directory for this process.
 * @throws CannotStart when another living Holdfast has it
 */
export async function claimDataDir(dataDir: string, runDir: string): Promise<void> {
  const me = await identify(process.pid);
  if (!me) throw new CannotStart('Holdfast needs Linux: /proc is not readable here.');
  const file = supervisorFile(runDir);
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      await writeFile(file, JSON.stringify(me), { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = await readRunFile(file);
    if (holder && (await isAlive(holder))) {
      throw new CannotStart(
        `HOLDFAST_DATA_DIR: another Holdfast (process ${holder.pid}) is running on ${dataDir}.`,
      );
    }
    // Renamed, not removed: of two starts at the same moment only one gets the dead claim out of the way.
    const aside = `${file}.${process.pid}`;
    await rename(file, aside).catch(() => undefined);
    const moved = await readRunFile(aside);
    if (moved && (await isAlive(moved))) await rename(aside, file);
    else await rm(aside, { force: true });
  }
  throw new CannotStart(`HOLDFAST_DATA_DIR: another Holdfast is starting on ${dataDir}.`);
}

/** Gives the data directory back. */
export async function giveBackDataDir(runDir: string): Promise<void> {
  await unlink(supervisorFile(runDir)).catch(() => undefined);
}

/** Writes down a process that we started. */
export async function noteProcess(
  runDir: string,
  part: string,
  pid: number,
  stopSignal: StopSignal,
): Promise<void> {
  const identity = await identify(pid);
  if (identity) await writeFile(join(runDir, `${part}.json`), JSON.stringify({ ...identity, stopSignal }));
}

/** Forgets a process that has ended. */
export async function forgetProcess(runDir: string, part: string): Promise<void> {
  await rm(join(runDir, `${part}.json`), { force: true });
}

/** Long enough for a relay to finish the message in its hands; programs that notice a dead supervisor are gone long before. */
const patienceMs = 10_000;

/**
 * Ends what an earlier Holdfast on this directory left behind. Postgres goes last, because the others settle into it.
 * @returns names of the parts that had to be ended
 */
export async function endLeftOvers(runDir: string): Promise<string[]> {
  const names = (await readdir(runDir)).filter(
    (name) => name.endsWith('.json') && name !== 'supervisor.json',
  );
  const found = await Promise.all(
    names.map(async (name) => ({ name, process: await readRunFile(join(runDir, name)) })),
  );
  const ended: string[] = [];
  const end = async ({ name, process }: (typeof found)[number]): Promise<void> => {
    if (process && (await isAlive(process))) {
      ended.push(name.replace(/\.json$/, ''));
      await endProcess(process, process.stopSignal);
    }
    await rm(join(runDir, name), { force: true });
  };
  await Promise.all(found.filter(({ process }) => process?.stopSignal !== 'SIGINT').map(end));
  await Promise.all(found.filter(({ process }) => process?.stopSignal === 'SIGINT').map(end));
  return ended;
}

/** Ends one process that is not our child: politely, and after a while without asking. */
export async function endProcess(identity: Identity, stopSignal: StopSignal): Promise<void> {
  await signalTo(identity, stopSignal);
  if (await waitForEnd(identity, patienceMs)) return;
  // For Postgres SIGQUIT still takes its children along; SIGKILL would leave them to find out by themselves.
  await signalTo(identity, stopSignal === 'SIGINT' ? 'SIGQUIT' : 'SIGKILL');
  if (await waitForEnd(identity, 5_000)) return;
  await signalTo(identity, 'SIGKILL');
  if (!(await waitForEnd(identity, 5_000)))
    throw new CannotStart(`Process ${identity.pid} of an earlier start cannot be ended.`);
}
