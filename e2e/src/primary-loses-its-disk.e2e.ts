/** A primary takes mail, loses it, and gets it again by one command; and what it refuses has a trail that says who was told. */
import { startFakePrimary, type FakePrimary } from '@holdfast/fake-primary';
import { numbered, send } from './sender';
import { System, until } from './system';

let system: System;
let primary: FakePrimary;
const domain = 'disk.test';

beforeAll(async () => {
  primary = await startFakePrimary();
  system = await System.start();
  await system.addDomain(domain, primary.port);
});

afterAll(async () => {
  await system?.stop();
  await primary?.close();
});

it('sends again, by one command, what a domain keeps and its primary lost', async () => {
  await system.holdfast('domain', 'set', domain, '--keep-delivered-hours', '24');
  for (const n of [1, 2, 3])
    expect(await send(system.smtpPort, numbered(n, `r${n}@${domain}`))).toMatch(/^250 /);
  await primary.waitForCount(3, 30_000);
  await system.untilStats(domain, { delivered: 3, held: 0, sending: 0 });
  expect(await system.json('queue', 'replay', '--domain', domain, '--until', '10m')).toEqual({ changed: 0 });
  expect(await system.json('queue', 'replay', '--domain', domain, '--since', '10m')).toEqual({ changed: 3 });
  await primary.waitForCount(6, 30_000);
  await system.untilStats(domain, { delivered: 6, held: 0, sending: 0 });
  const bodies = (from: number) =>
    primary.received
      .slice(from, from + 3)
      .map(({ raw }) => raw.toString())
      .sort();
  expect(bodies(3)).toEqual(bodies(0));
  expect((await system.tryHoldfast('queue', 'replay')).code).toBe(2);
});

it('says in the trail of a refusal whether its sender was told', async () => {
  expect(await send(system.smtpPort, numbered(4, `refuse@${domain}`))).toMatch(/^250 /);
  await system.untilStats(domain, { refused: 1 });
  const { items } = await system.json<{ items: { deliveryId: string }[] }>(
    'queue',
    'list',
    '--domain',
    domain,
    '--state',
    'refused',
  );
  const key = { authorization: `Bearer ${await system.operatorKey()}` };
  await until('the trail is complete', 20_000, async () => {
    const answer = await fetch(`${system.url}/api/v1/deliveries/${items[0]?.deliveryId}`, { headers: key });
    const { trail } = (await answer.json()) as { trail: { event: string; text: string }[] };
    const last = trail.at(-1);
    return last?.event === 'withheld' && last.text.includes('might hit a stranger');
  });
});
