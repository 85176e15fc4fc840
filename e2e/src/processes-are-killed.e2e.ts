import { startFakePrimary, type FakePrimary } from '@holdfast/fake-primary';
import { setTimeout as pause } from 'node:timers/promises';
import { numbered, sendMany } from './sender';
import { System } from './system';

let system: System;
let primary: FakePrimary;
const domain = 'killed.test';

beforeAll(async () => {
  primary = await startFakePrimary();
  // Two of each: they share one port, one spool and one queue, and each must take up what its own predecessor left.
  system = await System.start({
    HOLDFAST_SCANNING: 'off',
    HOLDFAST_INGRESS_WORKERS: '2',
    HOLDFAST_RELAY_WORKERS: '2',
  });
  await system.addDomain(domain, primary.port);
});

afterAll(async () => {
  await system?.stop();
  await primary?.close();
});

let last = 0;
let isLoading = false;

// A story that fails half-way must not leave its sender running.
afterEach(() => {
  isLoading = false;
});

/** Sends until told to stop; the ledger is what got 250. */
function load(connections: number): { stop(): Promise<Set<number>>; sent(): number } {
  const first = last;
  isLoading = true;
  const result = sendMany(system.smtpPort, connections, () => {
    if (!isLoading) return undefined;
    const number = ++last;
    return { number, message: numbered(number, `r${number}@${domain}`) };
  });
  return {
    sent: () => last - first,
    stop() {
      isLoading = false;
      return result;
    },
  };
}

/** Every promised message is at the primary; says how many arrived more than once. */
async function untilDelivered(promised: Set<number>): Promise<number> {
  const arrived = new Map<number, number>();
  let looked = 0;
  const deadline = Date.now() + 60_000;
  for (;;) {
    for (; looked < primary.received.length; looked++) {
      const number = Number(/^r(\d+)@/.exec(primary.received[looked]?.rcptTo[0] ?? '')?.[1]);
      arrived.set(number, (arrived.get(number) ?? 0) + 1);
    }
    const missing = [...promised].filter((number) => !arrived.has(number));
    if (missing.length === 0) break;
    if (Date.now() > deadline)
      throw new Error(
        `${missing.length} of ${promised.size} promised messages did not arrive: ${missing.slice(0, 5)}\n${system.lastWords}`,
      );
    await pause(200);
  }
  return [...arrived.values()].filter((count) => count > 1).length;
}

async function untilSent(count: number, sent: () => number): Promise<void> {
  while (sent() < count) await pause(5);
}

it('ingress, with -9 between many messages: every 250 is delivered', async () => {
  const sending = load(10);
  for (let kills = 1; kills <= 3; kills++) {
    await untilSent(kills * 300, sending.sent);
    await system.kill('smtp-ingress');
    await untilSent(kills * 300 + 20, sending.sent);
  }
  await untilSent(1_200, sending.sent);
  const promised = await sending.stop();
  expect(promised.size).toBeGreaterThan(300);
  await untilDelivered(promised);
});

it('relay, with -9 while delivering: nothing is lost, and copies are few', async () => {
  const sending = load(10);
  for (let kills = 1; kills <= 3; kills++) {
    await untilSent(kills * 300, sending.sent);
    await system.kill('relay');
    await untilSent(kills * 300 + 20, sending.sent);
  }
  const promised = await sending.stop();
  const copies = await untilDelivered(promised);
  // What was on the wire at the moment of a kill cannot be known; more than a connection's worth a kill would be a bug.
  expect(copies).toBeLessThanOrEqual(3 * 20);
});

it('everything at once, and started again: every 250 is delivered', async () => {
  const sending = load(10);
  await untilSent(500, sending.sent);
  await system.killEverything();
  const promised = await sending.stop();
  await system.launch();
  await untilDelivered(promised);
  await system.untilStats(domain, { held: 0, sending: 0 });
});
