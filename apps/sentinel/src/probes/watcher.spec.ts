import type { Primary } from '@holdfast/directory';
import { ManualClock } from '@holdfast/daemon/testing';
import type { ProbeResult } from './probe';
import { Watcher, type Verdict, type WatchedDomain } from './watcher';

const primary = (host: string): Primary => ({ host, port: 25, tlsPolicy: 'opportunistic', preference: 10 });
const domain = (
  domainId: string,
  host = 'mail.test',
  outageBeganAt: number | null = null,
): WatchedDomain => ({
  domainId,
  primaries: [primary(host)],
  outageBeganAt,
});

let clock: ManualClock;
let watcher: Watcher;
let isUp: boolean;
let probes: { host: string; at: number }[];
let verdicts: Verdict[];
const start = 1_800_000_000_000;

beforeEach(() => {
  clock = new ManualClock(start);
  isUp = true;
  probes = [];
  verdicts = [];
  watcher = new Watcher({
    clock,
    random: () => 0,
    tell: (verdict) => void verdicts.push(verdict),
    probe: async ([first]): Promise<ProbeResult> => {
      probes.push({ host: String(first?.host), at: clock.now() - start });
      return isUp ? { isUp, latencyMs: 1 } : { isUp, cause: 'connection refused', latencyMs: 1 };
    },
  });
});
afterEach(() => watcher.close());

/** Lets probes happen one after the other until so much time has passed. */
async function pass(ms: number): Promise<void> {
  const end = clock.now() + ms;
  for (let at = clock.now(); at <= end; at += 100) {
    clock.advance(Math.max(0, at - clock.now()));
    await watcher.seen();
    clock.advance(0);
    await watcher.seen();
  }
}
const times = (): number[] => probes.map(({ at }) => at);

it('looks at newly held mail at once, and then every 10 seconds while the primary answers', async () => {
  watcher.watch([domain('d')], true);
  await pass(25_000);
  expect(times()).toEqual([0, 10_000, 20_000]);
  expect(verdicts).toEqual([]);
});

it('calls three bad probes in a row an outage that began with the first', async () => {
  isUp = false;
  watcher.watch([domain('d')], true);
  await pass(4_900);
  expect(times()).toEqual([0, 1_000, 2_000]);
  expect(verdicts).toEqual([
    {
      isUp: false,
      domainIds: ['d'],
      at: start + 2_000,
      beganAt: start,
      cause: 'connection refused',
      addresses: [],
    },
  ]);
});

it('opens nothing for one lost packet', async () => {
  watcher.watch([domain('d')], true);
  await pass(1_000);
  isUp = false;
  await pass(9_000);
  isUp = true;
  await pass(20_000);
  expect(times().slice(0, 3)).toEqual([0, 10_000, 11_000]);
  expect(verdicts).toEqual([]);
});

it('keeps to the schedule of an outage: every 3 seconds, then 10, then 30', async () => {
  isUp = false;
  watcher.watch([domain('d')], true);
  await pass(3_600_000 + 30_000);
  const gaps = times().map((at, index) => at - (times()[index - 1] ?? 0));
  expect(gaps.slice(3, 1_190).every((gap) => gap === 3_000)).toBe(true);
  expect(gaps.at(-1)).toBe(10_000);
});

it('says up after two good probes, half a second apart, within 3.5 seconds of the recovery', async () => {
  isUp = false;
  watcher.watch([domain('d')], true);
  await pass(10_000);
  isUp = true;
  const recovered = clock.now();
  while (verdicts.length < 2) await pass(100);
  expect(verdicts[1]).toEqual({ isUp: true, domainIds: ['d'], at: expect.any(Number), contradicts: [] });
  expect(clock.now() - recovered).toBeLessThanOrEqual(3_600);
});

it('probes once for all domains with the same primary', async () => {
  isUp = false;
  watcher.watch([domain('a'), domain('b'), domain('c', 'else.test')], true);
  await pass(2_900);
  expect(probes.filter(({ host }) => host === 'mail.test')).toHaveLength(3);
  expect(verdicts.map(({ domainIds }) => domainIds.join()).sort()).toEqual(['a,b', 'c']);
});

it('tells a domain that comes late of the outage that its primary has', async () => {
  isUp = false;
  watcher.watch([domain('a')], true);
  await pass(5_000);
  watcher.watch([domain('b')], false);
  await pass(3_000);
  expect(verdicts[1]).toEqual({
    isUp: false,
    domainIds: ['b'],
    at: start + 8_000,
    beganAt: start,
    cause: 'connection refused',
    addresses: [],
  });
});

it('goes on after a restart where the tables say', async () => {
  watcher.watch([domain('d', 'mail.test', start - 7_200_000)], true);
  isUp = false;
  await pass(25_000);
  expect(times()).toEqual([0, 10_000, 20_000]);
  expect(verdicts).toEqual([]);
  isUp = true;
  await pass(11_000);
  expect(verdicts).toEqual([{ isUp: true, domainIds: ['d'], at: expect.any(Number), contradicts: [] }]);
});

it('tells again what the tables did not take', async () => {
  isUp = false;
  watcher.watch([domain('d')], true);
  await pass(3_000);
  watcher.watch([domain('d')], true);
  await pass(3_000);
  expect(verdicts).toHaveLength(2);
});

it('looks at once when the relay brings evidence, and answers it when the primary is there', async () => {
  watcher.watch([domain('d')], true);
  await pass(5_000);
  watcher.doubt('d');
  await pass(100);
  expect(times()).toEqual([0, 5_000]);
  expect(verdicts).toEqual([{ isUp: true, domainIds: ['d'], at: expect.any(Number), contradicts: ['d'] }]);
});

it('believes the relay that a primary which answers lacks what is demanded, until it is told so no more', async () => {
  watcher.watch([domain('d')], true);
  await pass(5_000);
  watcher.doubt('d', 'TLS failed: the certificate expired');
  await pass(10_000);
  expect(verdicts).toEqual([
    expect.objectContaining({ isUp: false, domainIds: ['d'], cause: 'TLS failed: the certificate expired' }),
  ]);
  await pass(370_000);
  expect(verdicts[1]).toMatchObject({ isUp: true, domainIds: ['d'], contradicts: [] });
  expect(verdicts).toHaveLength(2);
});

it('and the relay do not chase each other', async () => {
  watcher.watch([domain('d')], true);
  await pass(100);
  for (let n = 0; n < 600; n++) {
    watcher.doubt('d');
    await pass(100);
  }
  // 3 + 6 + 12 + 24 + 48 seconds of pause: five answers in a minute instead of six hundred.
  expect(verdicts).toHaveLength(5);
});

it('forgets domains that need no watching, and routes that have none', async () => {
  watcher.watch([domain('a'), domain('b', 'else.test')], true);
  watcher.watch([domain('b', 'moved.test')], true);
  expect([watcher.watchedDomains, watcher.watchedRoutes]).toEqual([1, 1]);
  await pass(100);
  expect(probes.map(({ host }) => host)).toEqual(['moved.test']);
});

describe('a hint that the primary may be back', () => {
  it('is looked into at once, whatever the schedule says, and no more often than once a second', async () => {
    isUp = false;
    watcher.watch([domain('d', 'mail.test', start - 2 * 3_600_000)], true);
    await pass(100);
    expect(times()).toEqual([0]);
    await pass(1_400);
    isUp = true;
    watcher.hint('d');
    watcher.hint('d');
    await pass(200);
    expect(times()).toEqual([0, 1_500]);
    watcher.hint('d');
    await pass(600);
    expect(times()).toEqual([0, 1_500, 2_000]);
    expect(verdicts).toMatchObject([{ isUp: true, domainIds: ['d'] }]);
  });

  it('is nothing for one that is up, or that has no mail with us', async () => {
    watcher.watch([domain('d')], true);
    await pass(1_500);
    watcher.hint('d');
    watcher.hint('stranger');
    await pass(1_000);
    expect(times()).toEqual([0]);
  });
});
