import { distance, meantHost } from './spelling';

describe.each([
  ['mx.holdfast.tset', true],
  ['mx.holdfsat.test', true],
  ['mx.holdfast.test.example.test', true], // the final dot was forgotten
  ['holdfast.test', true], // the host's own label was forgotten
  ['mx-holdfast.test', true],
  ['mx.holdfast.test', false],
  ['mail.example.test', false],
  ['', false],
])('%s instead of mx.holdfast.test', (written, isMeant) => {
  it(isMeant ? 'is meant to be ours' : 'is something else', () =>
    expect(meantHost(written, ['mx.holdfast.test'], 'example.test')).toBe(
      isMeant ? 'mx.holdfast.test' : undefined,
    ),
  );
});

it.each([
  ['abc', 'abc', 0],
  ['abc', 'acb', 1],
  ['abc', 'abcd', 1],
  ['abc', 'xbc', 1],
  ['', 'abc', 3],
])('from "%s" to "%s" it is %i', (one, other, far) => expect(distance(one, other)).toBe(far));
