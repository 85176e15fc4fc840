import { Pace } from './pace';

it('begins alone, grows with good answers, never above its limit', () => {
  const pace = new Pace(4);
  expect(pace.allowed).toBe(1);
  for (let n = 0; n < 10; n++) pace.good(5);
  expect(pace.allowed).toBe(4);
});

it('halves when the primary says later, and never falls to nothing', () => {
  const pace = new Pace(20);
  for (let n = 0; n < 30; n++) pace.good(5);
  pace.bad();
  expect(pace.allowed).toBe(10);
  for (let n = 0; n < 10; n++) pace.bad();
  expect(pace.allowed).toBe(1);
});

it('takes growing latency for an answer', () => {
  const pace = new Pace(20);
  for (let n = 0; n < 10; n++) pace.good(5);
  pace.good(3_000);
  expect(pace.allowed).toBeLessThan(10);
});
