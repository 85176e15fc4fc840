import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventEmitter, once } from 'node:events';
import { identify, isAlive } from './identity';
import { Output } from './output';
import { Part, type PartPlan } from './part';

/** An output whose events can be waited for. */
class ListenedOutput extends Output {
  readonly heard = new EventEmitter();

  override say(
    level: 'debug' | 'info' | 'warn' | 'error',
    event: string,
    fields: Record<string, unknown> = {},
  ): void {
    super.say(level, event, fields);
    this.heard.emit(event, fields);
  }
}

describe('a part under the supervisor', () => {
  let run: string;
  let output: ListenedOutput;
  let part: Part | undefined;

  const planOf = (script: string, more: Partial<PartPlan> = {}): PartPlan => ({
    name: 'relay',
    command: process.execPath,
    args: ['-e', script],
    env: { PATH: process.env['PATH'] },
    ready: 'message',
    stopSignal: 'SIGTERM',
    stopWithinMs: 5_000,
    ...more,
  });
  const started = async (script: string, more?: Partial<PartPlan>): Promise<Part> => {
    part = new Part(planOf(script, more), output, run);
    await part.start();
    return part;
  };
  const pidOf = async (): Promise<number> =>
    (JSON.parse(await readFile(join(run, 'relay.json'), 'utf8')) as { pid: number }).pid;
  const serve = `process.send({ type: 'ready', port: 7 }); setInterval(() => undefined, 1000);`;

  beforeEach(async () => {
    run = await mkdtemp(join(tmpdir(), 'holdfast-part-'));
    output = new ListenedOutput({ write: () => undefined }, 'json', false);
  });
  afterEach(async () => {
    await part?.stop();
    part = undefined;
    await rm(run, { recursive: true });
  });

  it('is ready when it says so, is written down, and is gone after a stop', async () => {
    const relay = await started(serve);
    expect(relay.readyMessage).toMatchObject({ port: 7 });
    const identity = await identify(await pidOf());
    await relay.stop();
    expect(identity && (await isAlive(identity))).toBe(false);
    expect(await readdir(run)).toEqual([]);
  });

  it('starts again when it dies', async () => {
    await started(serve);
    const first = await pidOf();
    const again = once(output.heard, 'started');
    process.kill(first, 'SIGKILL');
    expect(await again).toEqual([expect.objectContaining({ part: 'relay', again: true })]);
    expect(await pidOf()).not.toBe(first);
  });

  it('waits longer after each death', async () => {
    await started(serve);
    const waits: unknown[] = [];
    for (let n = 0; n < 2; n++) {
      const failed = once(output.heard, 'failed');
      const again = once(output.heard, 'started');
      process.kill(await pidOf(), 'SIGKILL');
      waits.push(((await failed) as [{ restartInMs: number }])[0].restartInMs);
      await again;
    }
    expect(waits).toEqual([250, 500]);
  });

  it('gives up on one that never gets ready, with its last words', async () => {
    await expect(started(`console.error('no database'); process.exit(1)`)).rejects.toThrow(
      'relay does not start: no database (ended with code 1)',
    );
  });

  it('is ended without asking when it does not listen', async () => {
    const relay = await started(`process.on('SIGTERM', () => undefined); ${serve}`, { stopWithinMs: 50 });
    const identity = await identify(await pidOf());
    await relay.stop();
    expect(identity && (await isAlive(identity))).toBe(false);
  });

  it('can be stopped while it waits to be started again', async () => {
    const relay = await started(serve);
    const failed = once(output.heard, 'failed');
    process.kill(await pidOf(), 'SIGKILL');
    await failed;
    await relay.stop();
    expect(await readdir(run)).toEqual([]);
  });

  it('is ready when a question is answered, where it speaks no language of ours', async () => {
    let asked = 0;
    await started('setInterval(() => undefined, 1000)', { ready: () => Promise.resolve(++asked === 3) });
    expect(asked).toBe(3);
  });
});

describe('what parts say', () => {
  it('is JSON line by line, whatever a part wrote and however it was cut', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-output-'));
    const lines: string[] = [];
    const writer = {
      write: (text: string) => void lines.push(...text.toString().trim().split('\n')),
    };
    const output = new Output(writer, 'json', false);
    const { writeFile } = await import('node:fs/promises');
    await writeFile(
      join(folder, 'said'),
      '{"level":"info","event":"received"}\nplain words\n{"level":"debug","event":"quiet"}\nthe end',
    );
    const stream = createReadStream(join(folder, 'said'), { highWaterMark: 5 });
    output.follow('relay', stream, () => 'warn');
    await once(stream, 'close');
    await rm(folder, { recursive: true });
    const said = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(said).toEqual([
      { level: 'info', event: 'received' },
      expect.objectContaining({ level: 'warn', program: 'relay', event: 'said', line: 'plain words' }),
      expect.objectContaining({ line: 'the end' }),
    ]);
  });
});
