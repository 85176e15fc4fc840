import { startFakePrimary, type FakePrimary } from '@holdfast/fake-primary';
import { Scene } from './testing/scene';

// One destination never delays another: a dead one and a very slow one that holds all the big bodies it may, beside one that is well.

let scene: Scene;
const primaries: FakePrimary[] = [];

beforeAll(async () => {
  scene = await Scene.open();
});
afterAll(async () => {
  for (const primary of primaries) await primary.close();
  await scene?.close();
});

const count = 160;
const big = Buffer.concat([Buffer.from('Subject: big\r\n\r\n'), Buffer.alloc(600 * 1024, 'x\r\n')]);

/** How long the well one takes for its queue; its own pace, and not this machine's, sets the time. */
async function drains(well: FakePrimary): Promise<number> {
  const domain = await scene.domain(well.port);
  await scene.owner.query('update domains set max_connections = 4 where id = $1', [domain.id]);
  const before = well.count;
  await scene.hold(
    domain,
    Array.from({ length: count }, (_, n) => [`slow-data+${n}`]),
  );
  await scene.hold(domain, [['slow-data+big']], big);
  const began = performance.now();
  await well.waitForCount(before + count + 1, 30_000);
  const ms = performance.now() - began;
  await scene.owner.query('delete from domains where id = $1', [domain.id]);
  return ms;
}

it('a dead lane and a slow one beside a third do not slow it down', async () => {
  const well = await startFakePrimary({ slowMs: 50, keep: 0 });
  const slow = await startFakePrimary({ slowMs: 600_000, keep: 0 });
  const dead = await startFakePrimary({ isDown: true });
  primaries.push(well, slow, dead);
  // Room for two of the big ones, which the slow lane alone would fill for ten minutes.
  const env = { HOLDFAST_RELAY_BYTES_IN_HAND: String(2 * 600 * 1024) };
  await scene.startRelay(env);
  const alone: number[] = [];
  for (let round = 0; round < 3; round++) alone.push(await drains(well));

  const hopeless = await scene.domain(dead.port);
  const stuck = await scene.domain(slow.port);
  await scene.hold(
    hopeless,
    Array.from({ length: 300 }, (_, n) => [`r${n}`]),
  );
  await scene.hold(
    stuck,
    Array.from({ length: 20 }, (_, n) => [`slow-data+${n}`]),
    big,
  );
  await scene.until('the slow one has something in hand', () => slow.sessions > 0);
  const beside: number[] = [];
  for (let round = 0; round < 3; round++) beside.push(await drains(well));
  // On a quiet machine this is 1 within a few hundredths; the best of three and the half are for machines that have other work.
  // A room, a pool or a settler that the slow one filled would make it stand still.
  expect(Math.min(...beside) / Math.min(...alone)).toBeLessThan(1.5);
  expect(await scene.states(hopeless.id)).toEqual({ held: 300 });
  // What hangs is cut by closing its connections; the relay can end.
  await slow.down();
}, 90_000);
