import { systemClock } from '@holdfast/daemon';
import { startFakePrimary, type FakePrimary } from '@holdfast/fake-primary';
import { endWave } from '@holdfast/queue';
import { RefusalWaves } from './refusal-waves';
import { Scene } from './testing/scene';

let scene: Scene;
let primary: FakePrimary;

beforeAll(async () => {
  scene = await Scene.open();
});
beforeEach(async () => {
  primary = await startFakePrimary();
});
afterEach(async () => {
  await scene.endRelays();
  await primary.close();
  await scene.owner.query('truncate deliveries, settled_deliveries, messages, attempts; delete from tenants');
  scene.logged.length = 0;
});
afterAll(() => scene?.close());

const noMailbox = '550 5.1.1 Requested action not taken: mailbox unavailable';
const messages = (count: number, prefix = 'r') => Array.from({ length: count }, (_, n) => [`${prefix}${n}`]);
const waves = (domainId: string) =>
  scene.rows<{ rule: string; reply: string; refused: number; decision: string | null }>(
    'select rule, reply, said_by, refused, decision from refusal_waves where domain_id = $1 order by began_at',
    [domainId],
  );

/** An outage with this much mail, after which the server is there again and knows nobody. */
async function comesBackEmpty(count: number): Promise<Awaited<ReturnType<Scene['domain']>>> {
  const domain = await scene.domain(primary.port);
  await primary.down();
  await scene.hold(domain, messages(count));
  const relay = await scene.startRelay();
  await scene.until('the lane is closed', () => relay.lanes.facts.some(({ closedBecause }) => closedBecause));
  primary.setRefusal(() => noMailbox);
  await primary.up();
  await scene.sentinelSays(domain.id, true);
  return domain;
}

it('holds everything of a server that came back empty, and says what it said', async () => {
  const domain = await comesBackEmpty(60);
  await scene.until('the wave is seen', async () => (await waves(domain.id)).length > 0);
  expect(await waves(domain.id)).toMatchObject([
    { rule: 'nobody-accepted', reply: noMailbox, refused: 10, decision: null },
  ]);
  await scene.until('all is held', async () => (await scene.states(domain.id))['held'] === 60);
  expect(await scene.states(domain.id)).toEqual({ held: 60 });
  // One connection all the time, and no more messages than the conclusion needs.
  expect(primary.mostSessionsAtOnce).toBe(1);
  expect((await scene.rows('select 1 from attempts')).length).toBe(10);

  // More mail, and a sentinel that finds it up, change nothing.
  await scene.hold(domain, messages(5, 'more'));
  await scene.sentinelSays(domain.id, true);
  await scene.until('it was looked at', () => primary.sessions >= 1);
  expect(await scene.states(domain.id)).toEqual({ held: 65 });
});

it('delivers everything when the tenant says "retry" and the server knows its people', async () => {
  const domain = await comesBackEmpty(30);
  await scene.until('the wave is seen', async () => (await waves(domain.id)).length > 0);
  primary.setRefusal();
  await endWave(scene.owner, { domainId: domain.id, decision: 'retry', by: 'ann' });
  await primary.waitForCount(30, 15_000);
  await scene.until('all is settled', async () => (await scene.states(domain.id))['delivered'] === 30);
});

it('begins a second wave when "retry" was too early, and loses nothing', async () => {
  const domain = await comesBackEmpty(15);
  await scene.until('the wave is seen', async () => (await waves(domain.id)).length > 0);
  await endWave(scene.owner, { domainId: domain.id, decision: 'retry', by: 'ann' });
  await scene.until('the second wave is seen', async () => (await waves(domain.id)).length > 1);
  await scene.until('all is held', async () => (await scene.states(domain.id))['held'] === 15);
});

it('lets refusals count when the tenant says "give up"', async () => {
  const domain = await comesBackEmpty(15);
  await scene.until('the wave is seen', async () => (await waves(domain.id)).length > 0);
  await endWave(scene.owner, { domainId: domain.id, decision: 'give-up', by: 'ann' });
  await scene.until('all is refused', async () => (await scene.states(domain.id))['refused'] === 15);
});

it('keeps an open wave over a restart', async () => {
  const domain = await comesBackEmpty(15);
  await scene.until('the wave is written', async () => (await waves(domain.id)).length > 0);
  await scene.endRelays();
  const before = primary.sessions;
  const relay = await scene.startRelay();
  await scene.until('the wave is known', () => relay.lanes.waves.isOpen(domain.id));
  await scene.hold(domain, messages(5, 'more'));
  await scene.until('nothing is being sent', async () => (await scene.states(domain.id))['held'] === 20);
  expect(primary.sessions).toBe(before);
});

it('one unknown user after an outage is refused, as soon as somebody else was accepted', async () => {
  const domain = await scene.domain(primary.port);
  await primary.down();
  await scene.hold(domain, [['refuse'], ['ann']]);
  const relay = await scene.startRelay();
  await scene.until('the lane is closed', () => relay.lanes.facts.some(({ closedBecause }) => closedBecause));
  await primary.up();
  await scene.sentinelSays(domain.id, true);
  await scene.until('both are settled', async () => (await scene.states(domain.id))['refused'] === 1);
  expect(await scene.states(domain.id)).toEqual({ delivered: 1, refused: 1 });
  expect(scene.logged.filter(({ event }) => event === 'refusal-doubted')).toHaveLength(1);
  expect(await waves(domain.id)).toEqual([]);
});

it('in peace a single unknown user is refused at once', async () => {
  const domain = await scene.domain(primary.port);
  await scene.hold(domain, [['refuse']]);
  await scene.startRelay();
  await scene.until('it is refused', async () => (await scene.states(domain.id))['refused'] === 1);
  expect(scene.logged.filter(({ event }) => event === 'refusal-doubted')).toEqual([]);
});

it('in peace three people who had mail before are a wave, without an outage', async () => {
  const domain = await scene.domain(primary.port);
  await scene.hold(domain, messages(4));
  await scene.startRelay();
  await scene.until('they had mail', async () => (await scene.states(domain.id))['delivered'] === 4);
  primary.setRefusal(() => '550 5.1.1 User unknown');
  await scene.hold(domain, messages(4));
  await scene.until('the wave is seen', async () => (await waves(domain.id)).length > 0);
  await scene.until('all is held', async () => (await scene.states(domain.id))['held'] === 4);
  expect(await waves(domain.id)).toMatchObject([{ rule: 'known-refused' }]);
});

it('one domain that its server does not know any more leaves the others on that server alone', async () => {
  const gone = await scene.domain(primary.port);
  const fine = await scene.domain(primary.port);
  primary.setRefusal((recipient) =>
    recipient.endsWith(`@${gone.name}`) ? '554 5.7.1 Relay access denied' : undefined,
  );
  await scene.startRelay();
  await scene.hold(gone, messages(30));
  await scene.hold(fine, messages(30));
  await scene.until('the wave is seen', async () => (await waves(gone.id)).length > 0);
  await scene.until('the other one drained', async () => (await scene.states(fine.id))['delivered'] === 30);
  await scene.until('all is held', async () => (await scene.states(gone.id))['held'] === 30);
});

it('ends by itself when the primary takes the one message that is tried now and then', async () => {
  const domain = await scene.domain(primary.port);
  const ended: unknown[] = [];
  const parts = {
    pool: scene.owner,
    log: (() => undefined) as never,
    clock: systemClock,
    onBegan: () => undefined,
    onEnded: (id: string, decision: unknown) => void ended.push([id, decision]),
  };
  const writer = new RefusalWaves(parts);
  const reader = new RefusalWaves({ ...parts, tryAgainMs: 0 });
  writer.begin({
    tenantId: domain.tenantId,
    domainId: domain.id,
    rule: 'nobody-accepted',
    reply: noMailbox,
    saidBy: 'mx:25',
    refused: 10,
    knownRefused: 0,
    accepted: 0,
  });
  await scene.until('it is written', async () => (await waves(domain.id)).length > 0);
  await reader.read();
  expect([writer.mayTry(domain.id), reader.mayTry(domain.id)]).toEqual([false, true]);
  reader.recovered(domain.id);
  expect(ended).toEqual([[domain.id, 'recovered']]);
  await scene.until('it is over', async () => (await waves(domain.id))[0]?.decision === 'recovered');
  await writer.read();
  expect(writer.isOpen(domain.id)).toBe(false);
});
