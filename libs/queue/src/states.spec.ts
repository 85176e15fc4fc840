import { arrows, deliveryStates, isEnd } from './states';
import { retryAfterSeconds, retryIntervalsSeconds } from './retry-schedule';

it('the table of states, as people read it', () => {
  const table = deliveryStates.map((from) => `${from} -> ${arrows[from].join(' | ') || '(end)'}`);
  expect(table).toEqual([
    'held -> sending | expired | discarded | quarantined',
    'sending -> delivered | refused | held | quarantined',
    'quarantined -> held | discarded | expired',
    'delivered -> (end)',
    'refused -> (end)',
    'expired -> (end)',
    'discarded -> (end)',
  ]);
  expect(deliveryStates.filter(isEnd)).toEqual(['delivered', 'refused', 'expired', 'discarded']);
});

it('retries come ever later, and hourly from the end of the table on', () => {
  const sorted = [...retryIntervalsSeconds].sort((a, b) => a - b);
  expect(retryIntervalsSeconds).toEqual(sorted);
  expect([1, 2, 8, 9, 1000].map(retryAfterSeconds)).toEqual([60, 120, 3600, 3600, 3600]);
});
