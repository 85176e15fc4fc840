import { readFileSync } from 'node:fs';
import { retryAfterSeconds, retryTable } from './retry-schedule';

const page = readFileSync(new URL('../../../docs/retries.md', import.meta.url), 'utf8');

it('is the table of docs/retries.md', () => {
  const written = page
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter((cells) => /^\d+$/.test(cells[1] ?? ''))
    .map(([, attempt, after, age]) => ({ attempt: Number(attempt), after, age }));
  expect(written).toEqual(retryTable());
});

it('is what the relay does: the wait after each attempt, and an hour from the end of the table on', () => {
  const waits = retryTable().map(({ attempt }) => retryAfterSeconds(attempt - 1));
  expect(waits).toEqual([60, 120, 180, 300, 600, 900, 1800, 3600]);
  expect([9, 10, 500].map(retryAfterSeconds)).toEqual([3600, 3600, 3600]);
});
