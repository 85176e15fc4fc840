import { startFakePrimary, type FakePrimary } from '@holdfast/fake-primary';
import { numbered, send, type Message } from './sender';
import { System } from './system';

let system: System;
let primary: FakePrimary;
const domain = 'scanned.test';
const gtube = 'XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\r\n';

const spam = (number: number): Message => numbered(number, `spam@${domain}`, gtube);

beforeAll(async () => {
  primary = await startFakePrimary();
  system = await System.start();
  await system.addDomain(domain, primary.port);
});

afterAll(async () => {
  await system?.stop();
  await primary?.close();
});

it('refuses spam while the sender is still connected', async () => {
  await expect(send(system.smtpPort, spam(1))).rejects.toThrow(/550 5\.7\.1/);
});

it('takes mail while rspamd hangs, delivers none of it unscanned, and scans it afterwards', async () => {
  const pids = system.pidsOf('rspamd', true);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  try {
    const replies = await Promise.all(
      [spam(2), numbered(3, `good@${domain}`)].map((message) => send(system.smtpPort, message)),
    );
    expect(replies.map((reply) => reply.slice(0, 3))).toEqual(['250', '250']);
    await system.untilStats(domain, { delivered: 0, refused: 0, quarantined: 0 });
    expect(primary.count).toBe(0);
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }
  await system.untilStats(domain, { held: 0, sending: 0, delivered: 1, quarantined: 1 }, 90_000);
  expect(primary.received.map(({ rcptTo }) => rcptTo)).toEqual([[`good@${domain}`]]);
});

it('takes mail while rspamd is dead', async () => {
  system.signal('rspamd', 'SIGKILL', true);
  expect(await send(system.smtpPort, numbered(4, `later@${domain}`))).toMatch(/^250 /);
  await primary.waitFor(({ rcptTo }) => rcptTo.includes(`later@${domain}`), 90_000);
});
