import { parseArgs } from 'node:util';
import { victims, type Victim } from './plan';

export interface Options {
  rounds: number;
  /** of the first round; each further one has the next number */
  seed: number;
  isJson: boolean;
  /** what is killed in every round; undefined: what the seed says */
  victim: Victim | undefined;
  /** where the run's folder is made; undefined: the system's temporary folder */
  folder: string | undefined;
}

export const usage = `npm run chaos -- [--rounds N] [--seed S] [--kill ${victims.join('|')}] [--json] [--in FOLDER]

  --rounds N   how many (10)
  --seed S     of the first round, each further one has the next number (a new one every time)
  --kill       what is killed in every round (what the seed says)
  --json       the last line is the result as one JSON object
  --in         where everything lies while it runs`;

/** @returns undefined when that is no usage of ours */
export function readOptions(args: string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args,
      options: {
        rounds: { type: 'string', default: '10' },
        seed: { type: 'string' },
        kill: { type: 'string' },
        json: { type: 'boolean', default: false },
        in: { type: 'string' },
      },
    });
    const rounds = Number(values.rounds);
    const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
    const victim = victims.find((name) => name === values.kill);
    if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed) || seed < 0) return undefined;
    if (values.kill !== undefined && victim === undefined) return undefined;
    return { rounds, seed, isJson: values.json, victim, folder: values.in };
  } catch {
    return undefined;
  }
}
