import { type Listed, layOver } from './keyset-list';

const idOf = (item: { id: number }): string => String(item.id);
const items = (...ids: number[]): { id: number }[] => ids.map((id) => ({ id }));
const shown = (ids: number[], next: string | null): Listed<{ id: number }> => ({
  items: items(...ids),
  next,
  waiting: 0,
});
const idsOf = (listed: Listed<{ id: number }>): number[] => listed.items.map(({ id }) => id);

describe('a fresh first page over what is shown', () => {
  test('new ones come on top, older pages stay, and so does their cursor', () => {
    const laid = layOver(
      shown([5, 4, 3, 2, 1], 'after-1'),
      { items: items(7, 6, 5, 4), next: 'after-4' },
      idOf,
      false,
    );
    expect(idsOf(laid)).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(laid.next).toBe('after-1');
  });

  test('what has left the filter leaves the list', () => {
    const laid = layOver(
      shown([5, 4, 3, 2], 'after-2'),
      { items: items(5, 3), next: 'after-3' },
      idOf,
      false,
    );
    expect(idsOf(laid)).toEqual([5, 3, 2]);
  });

  test('when the first page is all there is, nothing older is kept', () => {
    const laid = layOver(shown([5, 4, 3], 'after-3'), { items: items(5), next: null }, idOf, false);
    expect([idsOf(laid), laid.next]).toEqual([[5], null]);
  });

  test('more news than a page holds starts the list afresh, without a gap in it', () => {
    const laid = layOver(shown([3, 2, 1], null), { items: items(9, 8), next: 'after-8' }, idOf, false);
    expect([idsOf(laid), laid.next]).toEqual([[9, 8], 'after-8']);
  });

  test('while a person is at work in it nothing moves: rows change in place, new ones wait', () => {
    const before: Listed<{ id: number; word: string }> = {
      items: [
        { id: 5, word: 'held' },
        { id: 4, word: 'held' },
      ],
      next: null,
      waiting: 0,
    };
    const page = {
      items: [
        { id: 6, word: 'held' },
        { id: 5, word: 'delivered' },
      ],
      next: null,
    };
    const laid = layOver(before, page, (item) => String(item.id), true);
    expect(laid.items).toEqual([
      { id: 5, word: 'delivered' },
      { id: 4, word: 'held' },
    ]);
    expect(laid.waiting).toBe(1);
  });
});
