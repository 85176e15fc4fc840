import { levelOf, shareOf, type Fill, type Level } from './level';

const fill = (messages: number, more: Partial<Fill> = {}): Fill => ({
  messages,
  bytes: 0,
  maxMessages: 100,
  maxBytes: null,
  isRefusing: false,
  ...more,
});

it.each<[Level, Fill, Level]>([
  [0, fill(79), 0],
  [0, fill(80), 80],
  [80, fill(79), 80],
  [80, fill(70), 80],
  [80, fill(69), 0],
  [80, fill(99), 80],
  [0, fill(100), 100],
  [80, fill(120), 100],
  [100, fill(99), 100],
  [100, fill(80), 100],
  [100, fill(79), 80],
  [100, fill(69), 0],
  [0, fill(0, { bytes: 80, maxBytes: 100 }), 80],
  [80, fill(0, { bytes: 97, maxBytes: 100, isRefusing: true }), 100],
  [0, fill(20, { isRefusing: true }), 0],
  [0, fill(5, { maxMessages: null }), 0],
  [0, fill(0, { maxMessages: 0, isRefusing: true }), 0],
  [0, fill(1, { maxMessages: 0 }), 100],
])('after %d, %j is %d', (before, now, level) => expect(levelOf(now, before)).toBe(level));

it('is as full as the fuller of the two', () =>
  expect(shareOf(fill(10, { bytes: 90, maxBytes: 100 }))).toBe(0.9));
