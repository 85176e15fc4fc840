import { matches, RecipientList, RecipientSet } from './index';

describe('a set of recipients', () => {
  it('takes eight bytes for each', () => {
    const set = RecipientSet.of(Array.from({ length: 100_000 }, (_, n) => `user${n}`));
    expect(set.size).toBe(100_000);
    expect(set.has('user99999')).toBe(true);
    expect(set.has('user100000')).toBe(false);
    const pieces = [...set.pieces(30_000)];
    expect(pieces.map((piece) => Buffer.from(piece, 'base64').length)).toEqual([
      240_000, 240_000, 240_000, 80_000,
    ]);
    expect(RecipientSet.ofHashes(pieces.map((piece) => RecipientSet.run(piece))).has('USER7')).toBe(true);
  });

  it('is the same after many changes as if it had been read', () => {
    const set = RecipientSet.of(Array.from({ length: 5_000 }, (_, n) => `user${n}`));
    const hashes = (names: string[]) => [
      ...RecipientSet.run([...RecipientSet.of(names).pieces(10_000)].join('')),
    ];
    const names = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, n) => `user${from + n}`);
    set.change(hashes(names(4_000, 8_000)), hashes(names(0, 1_000)));
    set.change(hashes(['user5']), hashes(['user6000', 'never-there']));
    expect(set.size).toBe(7_000);
    const expected = [...names(1_000, 6_000), ...names(6_001, 8_000), 'user5'];
    expect([...set.pieces(10_000)]).toEqual([...RecipientSet.of(expected).pieces(10_000)]);
    expect(['user5', 'user6', 'user6000', 'user7999'].map((name) => set.has(name))).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });
});

it.each([
  ['*', 'anything', true],
  ['sales-*', 'sales-north', true],
  ['sales-*', 'sales-', true],
  ['sales-*', 'presales-north', false],
  ['*-bounces', 'list-bounces', true],
  ['a*b*c', 'abc', true],
  ['a*b*c', 'acb', false],
  ['ab*ba', 'aba', false],
  ['a.c', 'abc', false],
  ['a*a*a', 'aa', false],
])('the pattern %s and %s: %s', (pattern, text, isMatch) => {
  expect(matches(pattern, text)).toBe(isMatch);
});

it('a catch-all takes everybody', () => {
  expect(new RecipientList(1, RecipientSet.of([]), ['*']).has('anybody', false)).toBe(true);
  expect(RecipientList.empty().has('anybody', true)).toBe(false);
});
