import { figuresOf, resultOf } from './figures';

describe('the figures of a run', () => {
  it('are median, least and most of the rounds', () => {
    expect(figuresOf([300, 100, 200])).toEqual({ median: 200, min: 100, max: 300 });
    expect(figuresOf([1, 2, 3, 4])).toEqual({ median: 2.5, min: 1, max: 4 });
  });

  it('are held against the best anchor', () => {
    const rounds = new Map([
      ['holdfast', [3_000, 3_100, 2_900]],
      ['postfix', [600, 700, 500]],
      ['exim', [1_500, 1_000, 1_600]],
    ]);
    expect(resultOf('accept-4k', 'messages/s', rounds)).toMatchObject({ best: 'exim', ratio: 2 });
  });

  it('know that less time is better', () => {
    const rounds = new Map([
      ['holdfast', [2, 3, 4]],
      ['postfix', [300, 150, 450]],
      ['haraka', [30, 60, 90]],
    ]);
    expect(resultOf('first-delivery', 's', rounds, false)).toMatchObject({ best: 'haraka', ratio: 20 });
  });

  it('say so when nobody else ran', () => {
    expect(resultOf('accept-4k', 'messages/s', new Map([['holdfast', [1]]]))).toMatchObject({
      best: null,
      ratio: null,
    });
  });
});
