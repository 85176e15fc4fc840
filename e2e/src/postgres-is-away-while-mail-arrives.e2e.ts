import { startFakePrimary, type FakePrimary } from '@holdfast/fake-primary';
import { numbered, send } from './sender';
import { System } from './system';

let system: System;
let primary: FakePrimary;
const domain = 'database.test';

beforeAll(async () => {
  primary = await startFakePrimary();
  system = await System.start({ HOLDFAST_SCANNING: 'off' });
  await system.addDomain(domain, primary.port);
  expect(await send(system.smtpPort, numbered(0, `r0@${domain}`))).toMatch(/^250 /);
  await system.untilStats(domain, { delivered: 1 });
});

afterAll(async () => {
  await system?.stop();
  await primary?.close();
});

it('says 250 while Postgres hangs, and registers and delivers when it goes on', async () => {
  const pids = system.pidsOf('postgres', true);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  try {
    for (let n = 1; n <= 20; n++)
      expect(await send(system.smtpPort, numbered(n, `r${n}@${domain}`))).toMatch(/^250 /);
    expect(primary.count).toBe(1);
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }
  await primary.waitForCount(21, 60_000);
  await system.untilStats(domain, { held: 0, sending: 0, delivered: 21 });
});

it('says 250 while Postgres is dead and comes back', async () => {
  system.signal('postgres', 'SIGKILL');
  for (let n = 21; n <= 40; n++)
    expect(await send(system.smtpPort, numbered(n, `r${n}@${domain}`))).toMatch(/^250 /);
  await primary.waitForCount(41, 60_000);
  await system.untilStats(domain, { held: 0, sending: 0, delivered: 41 });
});
