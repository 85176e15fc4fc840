/** `npm run bench -- CASE`: Holdfast beside what an administrator would run instead, on this machine. See docs/performance.md. */
import { watchNpm } from '../up/npm-watch';
import { caseNamed, caseNames } from './cases';
import { tableOf } from './figures';
import { readOptions, usage } from './options';
import { describeSurroundings } from './surroundings';
import { Workplace } from './workplace';

const options = readOptions(process.argv.slice(2));
const chosen = options && caseNamed(options.caseName);
if (!options || !chosen) {
  console.error(`${usage}\n\nCases: ${caseNames.join(', ')}`);
  process.exit(2);
}

const say = (sentence: string): void => console.log(sentence);
const place = await Workplace.open(options.folder);

let isLeaving = false;
const leave = async (code: number): Promise<never> => {
  isLeaving = true;
  await place.end();
  process.exit(code);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => void (isLeaving || leave(130)));
watchNpm(process.env, () => void (isLeaving || leave(130)));

try {
  say(await describeSurroundings(place.folder));
  const result = await chosen.run(place, { ...options, say });
  say(tableOf(result));
  if (options.isJson) console.log(JSON.stringify(result));
  await leave(0);
} catch (error) {
  if (!isLeaving) {
    console.error(error instanceof Error ? error.message : String(error));
    await leave(1);
  }
}
