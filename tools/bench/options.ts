import { parseArgs } from 'node:util';

export interface Options {
  caseName: string;
  rounds: number;
  isJson: boolean;
  /** few messages: shows that the case works, measures nothing */
  isShort: boolean;
  /** names of those who take part; undefined: all */
  only: string[] | undefined;
  /** where the run's folder is made; undefined: the system's temporary folder */
  folder: string | undefined;
}

export const usage = `npm run bench -- CASE [--rounds N] [--json] [--short] [--only holdfast,postfix,...] [--in FOLDER]

  --rounds N   how many turns each one has (3)
  --json       the last line is the result as one JSON object
  --short      few messages and one round: shows that it works, measures nothing
  --only       who takes part
  --in         where everything lies while it runs: the disk that is measured`;

/** @returns undefined when that is no usage of ours */
export function readOptions(args: string[]): Options | undefined {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        rounds: { type: 'string' },
        json: { type: 'boolean', default: false },
        short: { type: 'boolean', default: false },
        only: { type: 'string' },
        in: { type: 'string' },
      },
    });
    const [caseName, ...rest] = positionals;
    const rounds = Number(values.rounds ?? (values.short ? 1 : 3));
    if (caseName === undefined || rest.length > 0 || !Number.isInteger(rounds) || rounds < 1)
      return undefined;
    return {
      caseName,
      rounds,
      isJson: values.json,
      isShort: values.short,
      only: values.only?.split(','),
      folder: values.in,
    };
  } catch {
    return undefined;
  }
}
