import { openPort25, type Port25 } from './testing/port-25';
import { play } from './testing/transcript';

let port25: Port25;

beforeAll(async () => {
  port25 = await openPort25();
});
afterAll(() => port25?.remove());

it('whose queue had no room is known to the sentinel, and nobody else’s', async () => {
  await play(
    port25.port,
    `S: 220 ...
     C: EHLO client.test
     S: 250 ...
     C: MAIL FROM:<ada@sender.test>
     S: 250 2.1.0 ...
     C: RCPT TO:<bob@full.test>
     S: 452 4.3.1 The queue for full.test is full; please try again later
     C: RCPT TO:<bob@open.test>
     S: 250 2.1.5 ...`,
  );
  const known = async () =>
    (
      await port25.owner.query(
        'select t.name, q.level, q.refused_at is not null as refused from queue_levels q join tenants t on t.id = q.tenant_id',
      )
    ).rows;
  const until = Date.now() + 5_000;
  while ((await known()).length === 0 && Date.now() < until)
    await new Promise((resolve) => setImmediate(resolve));
  expect(await known()).toEqual([{ name: 'full', level: 0, refused: true }]);
});
