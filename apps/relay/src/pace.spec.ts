import { Pace } from './pace';

const paceOf = (maxConnections: number, maxMessagesPerMinute?: number) =>
  new Pace(() => ({ maxConnections, maxMessagesPerMinute }));

it('begins alone, grows with good answers, never above its limit', () => {
  const pace = paceOf(4);
  expect(pace.allowed).toBe(1);
  for (let n = 0; n < 10; n++) pace.good(5);
  expect(pace.allowed).toBe(4);
});

it('halves when the primary says later, and never falls to nothing', () => {
  const pace = paceOf(20);
  for (let n = 0; n < 30; n++) pace.good(5);
  pace.bad();
  expect(pace.allowed).toBe(10);
  for (let n = 0; n < 10; n++) pace.bad();
  expect(pace.allowed).toBe(1);
});

it('takes growing latency for an answer: first it grows no more, then it falls', () => {
  const pace = paceOf(20);
  for (let n = 0; n < 9; n++) pace.good(40);
  expect(pace.allowed).toBe(10);
  pace.good(700);
  expect(pace.allowed).toBe(10);
  pace.good(3_000);
  expect(pace.allowed).toBe(5);
});

it('does not blame a primary that was always slow', () => {
  const pace = paceOf(20);
  for (let n = 0; n < 30; n++) pace.good(4_000);
  expect(pace.allowed).toBe(20);
});

it('follows a limit that changes while it runs', () => {
  let maxConnections = 20;
  const pace = new Pace(() => ({ maxConnections, maxMessagesPerMinute: undefined }));
  for (let n = 0; n < 30; n++) pace.good(5);
  maxConnections = 3;
  expect(pace.allowed).toBe(3);
});

it('spaces messages evenly within a limit a minute, and saves nothing up', () => {
  const pace = paceOf(20, 60);
  expect([0, 0, 0].map((now) => pace.takePlace(now))).toEqual([0, 1_000, 2_000]);
  expect([60_000, 60_000].map((now) => pace.takePlace(now))).toEqual([60_000, 61_000]);
  expect(paceOf(20).takePlace(7)).toBe(7);
});
