/** `npm start`: a living provider on one machine, in the foreground. */
import { ConfigProblems } from '@holdfast/daemon';
import { workspaceRoot } from '../build/workspace.ts';
import { CannotStart } from './cannot-start';
import { House } from './house';
import { watchNpm } from './npm-watch';
import { Output } from './output';
import { PatientWriter } from './patient-writer';
import { readSettings, type Settings } from './settings';

/** npm passes Ctrl-C on to us, and the terminal has sent it already: two signals this close are one. */
const sameSignalMs = 1_000;

const writer = new PatientWriter(1);

async function leave(code: number): Promise<never> {
  // Nobody reads: then there is nothing to wait for, and a thread that hangs in a write would keep a normal exit from ending.
  if (!(await writer.flush(1_000))) process.kill(process.pid, 'SIGKILL');
  process.exit(code);
}

async function refuse(sentences: string[]): Promise<never> {
  process.stderr.write(`${sentences.join('\n')}\n`);
  return leave(1);
}

function readSettingsOrRefuse(): Settings | Promise<never> {
  try {
    return readSettings(process.env, process.stdout.isTTY === true);
  } catch (error) {
    if (error instanceof ConfigProblems) return refuse(error.problems.map((problem) => `${problem}.`));
    throw error;
  }
}

const settings = await readSettingsOrRefuse();
const useColour = process.stdout.isTTY === true && !process.env['NO_COLOR'];
const output = new Output(writer, settings.log, useColour);
const house = new House(settings, output, workspaceRoot, process.env);

let stoppingSince: number | undefined;
const stop = async (reason: string, code: number): Promise<void> => {
  if (stoppingSince !== undefined) {
    if (Date.now() - stoppingSince > sameSignalMs) house.hurry();
    return;
  }
  stoppingSince = Date.now();
  output.say('info', 'stopping', { reason });
  await house.stop();
  await leave(code);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(signal, 0));

watchNpm(process.env, () => void stop('npm has ended', 0));

try {
  await house.start();
} catch (error) {
  if (stoppingSince === undefined) {
    stoppingSince = Date.now();
    await house.stop();
    await refuse([
      error instanceof CannotStart ? error.message : String(error instanceof Error ? error.stack : error),
    ]);
  }
}
