import { startFakePrimary, type FakePrimary } from '@holdfast/fake-primary';
import { chosen } from './lane-ownership';
import { buildRelay, RelayProcess } from './testing/relay-process';
import { Scene } from './testing/scene';

describe('whose a lane should be', () => {
  const names = Array.from({ length: 300 }, (_, n) => `mail${n}.test:25/opportunistic`);

  it('is the same for everybody, and about equally many for each', () => {
    const share = names.filter((name) => chosen(name, ['a', 'b', 'c']) === 'a').length;
    expect(share).toBeGreaterThan(60);
    expect(share).toBeLessThan(140);
    for (const name of names) expect(chosen(name, ['c', 'a', 'b'])).toBe(chosen(name, ['a', 'b', 'c']));
  });

  it('changes only for the lanes of who dies', () => {
    for (const name of names) {
      const before = chosen(name, ['a', 'b', 'c']);
      if (before !== 'c') expect(chosen(name, ['a', 'b'])).toBe(before);
    }
  });
});

describe('two relay processes of one node', () => {
  // Who has which is a matter of ports: with so many it never happens that one has none.
  const lanes = 16;
  const messages = 60;
  let scene: Scene;
  let relays: RelayProcess[] = [];
  const primaries: FakePrimary[] = [];
  /** Each primary answers the final dot of so many messages; the others wait until the gate opens. */
  let answers = 10;
  let openGate: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (openGate = resolve));

  beforeAll(async () => {
    await buildRelay();
    scene = await Scene.open();
    for (let n = 0; n < lanes; n++) {
      let taken = 0;
      primaries.push(await startFakePrimary({ onMessage: () => (++taken > answers ? gate : undefined) }));
    }
  }, 60_000);
  afterAll(async () => {
    openGate();
    for (const relay of relays) await relay.kill();
    for (const primary of primaries) await primary.close();
    await scene?.close();
  });

  const owners = () =>
    scene.rows<{ name: string; owner: string }>('select name, owner from lanes where owner is not null');
  const received = () => primaries.reduce((sum, primary) => sum + primary.count, 0);

  it('share the lanes, and when one is killed the other has its lanes and its claims within seconds', async () => {
    const domains = [];
    for (const { port } of primaries) domains.push(await scene.domain(port));
    relays = await Promise.all(
      [0, 1].map((number) => RelayProcess.start(scene.environment({ HOLDFAST_WORKER: String(number) }))),
    );
    await scene.until(
      'both live',
      async () => (await scene.rows('select 1 from relay_workers where lease_until > now()')).length === 2,
    );
    // A process may take lanes before it has heard of the other; each has when it has renewed its lease twice more.
    for (let n = 0; n < 2; n++) {
      const leases = () =>
        scene.rows<{ worker: string; until: string }>(
          'select worker, lease_until::text as until from relay_workers',
        );
      const seen = new Map((await leases()).map(({ worker, until }) => [worker, until]));
      await scene.until('both have renewed their leases', async () =>
        (await leases()).every(({ worker, until }) => seen.get(worker) !== until),
      );
    }
    for (const domain of domains)
      await scene.hold(
        domain,
        Array.from({ length: messages }, (_, n) => [`r${n}`]),
      );
    await scene.until('every primary has its first ones', () =>
      primaries.every(({ count }) => count === answers),
    );
    const before = await owners();
    expect(before).toHaveLength(lanes);
    const [dying, surviving] = ['mx.holdfast.test/relay-0', 'mx.holdfast.test/relay-1'];
    const orphaned = before.filter(({ owner }) => owner === dying).map(({ name }) => name);
    expect(orphaned.length).toBeGreaterThan(0);
    expect(orphaned.length).toBeLessThan(lanes);
    // It dies with messages on the wire and others in its hands.
    const claimed = await scene.rows(`select 1 from deliveries where claimed_by = $1`, [dying]);
    expect(claimed.length).toBeGreaterThan(0);

    await relays[0]?.kill();
    const diedAt = performance.now();
    answers = Infinity;
    openGate();
    await scene.until('the other has all lanes', async () => {
      const now = await owners();
      return now.length === lanes && now.every(({ owner }) => owner === surviving);
    });
    expect(performance.now() - diedAt).toBeLessThan(15_000);
    await scene.until('all is delivered', async () => {
      const rows = await scene.rows<{ n: number }>(
        `select count(*)::int as n from settled_deliveries where state = 'delivered'`,
      );
      return rows[0]?.n === lanes * messages;
    });
    // What was on the wire at that moment may be there twice; nothing that had its 250 is.
    const twice = received() - lanes * messages;
    expect(twice).toBeLessThanOrEqual(orphaned.length * 20);
    const journaled = primaries.flatMap((primary) => primary.received.slice(0, 10));
    const counts = new Map<string, number>();
    for (const { rcptTo } of primaries.flatMap((primary) => [...primary.received]))
      counts.set(String(rcptTo[0]), (counts.get(String(rcptTo[0])) ?? 0) + 1);
    expect(journaled.every(({ rcptTo }) => counts.get(String(rcptTo[0])) === 1)).toBe(true);
  }, 60_000);

  it('a polite stop hands the lanes over at once', async () => {
    relays[0] = await RelayProcess.start(scene.environment({ HOLDFAST_WORKER: '0' }));
    await scene.until(
      'it has lanes to give up',
      async () => (await scene.rows('select 1 from relay_workers where lease_until > now()')).length === 2,
    );
    await relays[1]?.kill('SIGTERM');
    expect(await scene.rows(`select 1 from lanes where owner = 'mx.holdfast.test/relay-1'`)).toEqual([]);
    expect(await scene.rows(`select 1 from relay_workers where number = 1`)).toEqual([]);
    const [domain] = await scene.rows<{ id: string; tenantId: string; name: string }>(
      'select id, tenant_id as "tenantId", name from domains order by name limit 1',
    );
    if (domain) await scene.hold(domain, [['after']]);
    await scene.until('it is delivered', () =>
      primaries.some(({ received: some }) => some.some(({ rcptTo }) => rcptTo[0]?.startsWith('after@'))),
    );
  }, 60_000);
});
