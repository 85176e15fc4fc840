import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimDataDir, endLeftOvers, giveBackDataDir, noteProcess } from './claim';
import { identify, isAlive, startTimeIn } from './identity';

describe('one Holdfast per data directory', () => {
  let run: string;
  const children: ChildProcess[] = [];

  const start = async (script: string): Promise<ChildProcess & { pid: number }> => {
    const child = spawn(process.execPath, ['-e', `${script}; process.stdout.write('up')`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    return child as unknown as ChildProcess & { pid: number };
  };
  const endOf = (child: ChildProcess): Promise<NodeJS.Signals | number | null> =>
    child.exitCode !== null || child.signalCode !== null
      ? Promise.resolve(child.signalCode ?? child.exitCode)
      : new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));

  beforeEach(async () => {
    run = await mkdtemp(join(tmpdir(), 'holdfast-claim-'));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.kill('SIGKILL');
      await endOf(child);
    }
    await rm(run, { recursive: true });
  });

  it('claims a fresh directory, and gives it back', async () => {
    await claimDataDir('/data', run);
    expect(JSON.parse(await readFile(join(run, 'supervisor.json'), 'utf8'))).toMatchObject({
      pid: process.pid,
    });
    await giveBackDataDir(run);
    expect(await readdir(run)).toEqual([]);
  });

  it('refuses in one sentence while another one is alive', async () => {
    const other = await start('setInterval(() => undefined, 1000)');
    await writeFile(join(run, 'supervisor.json'), JSON.stringify(await identify(other.pid)));
    await expect(claimDataDir('/data', run)).rejects.toThrow(
      `HOLDFAST_DATA_DIR: another Holdfast (process ${other.pid}) is running on /data.`,
    );
  });

  it('takes over from one that was killed', async () => {
    const other = await start('setInterval(() => undefined, 1000)');
    await writeFile(join(run, 'supervisor.json'), JSON.stringify(await identify(other.pid)));
    other.kill('SIGKILL');
    await endOf(other);
    await claimDataDir('/data', run);
  });

  it('takes over when the pid belongs to a stranger now, and when the claim is damaged', async () => {
    const stranger = await start('setInterval(() => undefined, 1000)');
    await writeFile(
      join(run, 'supervisor.json'),
      JSON.stringify({ ...(await identify(stranger.pid)), startTime: '1' }),
    );
    await claimDataDir('/data', run);
    await writeFile(join(run, 'supervisor.json'), '{"pid":');
    await claimDataDir('/data', run);
  });

  it('lets only one of several starts win', async () => {
    await writeFile(join(run, 'supervisor.json'), 'damaged');
    const starts = await Promise.allSettled(Array.from({ length: 8 }, () => claimDataDir('/data', run)));
    expect(starts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('ends what was left behind, politely', async () => {
    const part = await start('setInterval(() => undefined, 1000)');
    await noteProcess(run, 'relay', part.pid, 'SIGTERM');
    expect(await endLeftOvers(run)).toEqual(['relay']);
    expect(await endOf(part)).toBe('SIGTERM');
    expect(await readdir(run)).toEqual([]);
  });

  it('asks Postgres in its own way', async () => {
    const part = await start('setInterval(() => undefined, 1000)');
    await noteProcess(run, 'postgres', part.pid, 'SIGINT');
    await endLeftOvers(run);
    expect(await endOf(part)).toBe('SIGINT');
  });

  it('never touches a stranger who has the pid now', async () => {
    const stranger = await start('setInterval(() => undefined, 1000)');
    await noteProcess(run, 'relay', stranger.pid, 'SIGTERM');
    const file = join(run, 'relay.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace(/"startTime":"\d+"/, '"startTime":"1"'));
    expect(await endLeftOvers(run)).toEqual([]);
    const identity = await identify(stranger.pid);
    expect(identity && (await isAlive(identity))).toBe(true);
  });

  it('reads the start time behind a program name with spaces and brackets', () => {
    const fields = Array.from({ length: 50 }, (_, n) => String(n + 3));
    fields[0] = 'S';
    expect(startTimeIn(`42 (a) b) c) ${fields.join(' ')}`)).toBe('22');
    fields[0] = 'Z';
    expect(startTimeIn(`42 (gone) ${fields.join(' ')}`)).toBeUndefined();
  });
});
