/** `npm run chaos`: what is promised with 250 survives kill -9, whatever is killed and whenever. See docs/reliability.md. */
import { Workplace } from '../bench/workplace';
import { watchNpm } from '../up/npm-watch';
import { chaos } from './chaos';
import { readOptions, usage } from './options';
import { sentenceOf } from './sentence';

const options = readOptions(process.argv.slice(2));
if (!options) {
  console.error(usage);
  process.exit(2);
}

const place = await Workplace.open(options.folder);
const interrupted = new AbortController();
let isLeaving = false;
const leave = async (code: number): Promise<never> => {
  isLeaving = true;
  interrupted.abort();
  await place.end();
  process.exit(code);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => void (isLeaving || leave(130)));
watchNpm(process.env, () => void (isLeaving || leave(130)));

try {
  console.log(`chaos: ${options.rounds} rounds, seed ${options.seed}`);
  const { findings, ...result } = await chaos(place, {
    ...options,
    signal: interrupted.signal,
    onRound: (plan, round) => {
      console.log(sentenceOf(plan, round));
      for (const finding of round.findings) console.log(`FOUND --seed ${plan.seed} --rounds 1: ${finding}`);
    },
    onSwept: (left, findings) => {
      console.log(`${left} bodies were left for the sweeper, which left ${findings.length}`);
      for (const finding of findings) console.log(`FOUND ${finding}`);
    },
  });
  console.log(
    findings === 0
      ? `chaos: nothing found; ${result.duplicates} copies of ${result.delivered} delivered`
      : `chaos: ${findings} found`,
  );
  if (options.isJson) console.log(JSON.stringify(result));
  await leave(findings === 0 ? 0 : 1);
} catch (error) {
  if (!isLeaving) {
    console.error(error instanceof Error ? error.message : String(error));
    await leave(1);
  }
}
