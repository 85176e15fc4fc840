import { jest } from '@jest/globals';
import { fuzz } from './fuzz';
import { keptSeeds } from './kept-seeds';

jest.setTimeout(180_000);

it('strangers of every kind find nothing on port 25 in half a minute', async () => {
  // The same strangers every time, so that what turns red is a change of ours; `npm run fuzz` is for new ground.
  const seed = 20_000_000;
  const { conversations, taken, mostBytes, findings } = await fuzz({
    seconds: 30,
    seed,
    kept: keptSeeds.map((row) => row.seed),
  });
  expect(findings).toEqual([]);
  expect(conversations).toBeGreaterThan(50);
  expect(taken).toBeGreaterThan(20);
  process.stdout.write(
    `${conversations} conversations, ${taken} taken, ${Math.round(mostBytes / 1e6)} MB, seed ${seed}\n`,
  );
});
