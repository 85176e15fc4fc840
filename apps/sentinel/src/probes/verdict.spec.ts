import { nextProbeMs } from './schedule';
import { arrows, standingAfter, type Standing } from './verdict';

it('moves like this and no other way', () => {
  const table = Object.entries(arrows).map(
    ([from, { good, bad }]) => `${from}: good -> ${good}, bad -> ${bad}`,
  );
  expect(table).toEqual([
    'unproven: good -> up, bad -> missed-one',
    'up: good -> up, bad -> missed-one',
    'missed-one: good -> up, bad -> missed-two',
    'missed-two: good -> up, bad -> down',
    'down: good -> returning, bad -> down',
    'returning: good -> up, bad -> down',
  ]);
});

it.each([
  ['one lost packet is no outage', 'up', '-+', 'up'],
  ['two neither', 'up', '--+', 'up'],
  ['three are one', 'up', '---', 'down'],
  ['one greeting is no recovery', 'down', '+-', 'down'],
  ['two are one', 'down', '++', 'up'],
  ['a primary that nobody has seen is judged by the same rule', 'unproven', '---', 'down'],
] as [string, Standing, string, Standing][])('%s', (_what, from, probes, to) => {
  expect(
    [...probes].reduce<Standing>((standing, probe) => standingAfter(standing, probe === '+'), from),
  ).toBe(to);
});

it.each([
  ['missed-one', 0, 1_000],
  ['returning', 5_000, 500],
  ['down', 0, 3_000],
  ['down', 3_599_999, 3_000],
  ['down', 3_600_000, 10_000],
  ['down', 86_399_999, 10_000],
  ['down', 86_400_000, 30_000],
] as [Standing, number, number][])('%s for %d ms is probed again after %d ms', (standing, age, after) =>
  expect(nextProbeMs(standing, age)).toBe(after),
);
