import { startFakePrimary, type FakePrimary, type FakePrimaryOptions } from '@holdfast/fake-primary';
import { Scene } from './testing/scene';

let scene: Scene;
const primaries: FakePrimary[] = [];

beforeAll(async () => {
  scene = await Scene.open();
});
afterEach(async () => {
  await scene.endRelays();
  for (const primary of primaries.splice(0)) await primary.close();
  await scene.owner.query(
    'truncate deliveries, settled_deliveries, messages, attempts, lanes, lane_settings; delete from tenants',
  );
  scene.logged.length = 0;
});
afterAll(() => scene?.close());

async function primaryWith(options: FakePrimaryOptions = {}): Promise<FakePrimary> {
  const primary = await startFakePrimary(options);
  primaries.push(primary);
  return primary;
}
const messages = (count: number, localPart = 'r') =>
  Array.from({ length: count }, (_, n) => [`${localPart}${n}`]);
const delivered = (domainId: string, count: number) =>
  scene.until(`${count} are delivered`, async () => (await scene.states(domainId))['delivered'] === count);
const attempts = () => scene.rows<{ reply: string }>('select reply from attempts order by id');

describe('a primary that breaks off', () => {
  it('with 421 after some messages on each connection: the next connection takes the others, at no cost to them', async () => {
    const primary = await primaryWith();
    primary.setMostPerConnection(3);
    const domain = await scene.domain(primary.port);
    await scene.hold(domain, messages(30));
    await scene.startRelay();
    await delivered(domain.id, 30);
    expect(primary.count).toBe(30);
    expect(await attempts()).toEqual([]);
  });

  it('with 421 to a recipient: nobody was taken, who had been refused stays so, the others are tried again', async () => {
    const primary = await primaryWith();
    const domain = await scene.domain(primary.port);
    await scene.hold(domain, [['ann', 'refuse', 'shutdown', 'ben']]);
    await scene.startRelay();
    await scene.until('it is answered', async () => (await scene.states(domain.id))['held'] === 3);
    expect(await scene.states(domain.id)).toEqual({ held: 3, refused: 1 });
    expect(primary.count).toBe(0);
    expect((await attempts()).map(({ reply }) => reply)).toEqual(
      Array.from({ length: 3 }, () => '421 4.3.2 Service shutting down'),
    );
  });

  it('in the body: what it took before stays delivered, the rest is tried again, others go on', async () => {
    const primary = await primaryWith();
    const domain = await scene.domain(primary.port);
    await scene.hold(domain, [['ann'], ['hangup-in-data', 'ben'], ['cat']]);
    await scene.startRelay();
    await scene.until('it is answered', async () => (await scene.states(domain.id))['held'] === 2);
    await delivered(domain.id, 2);
    expect(await scene.states(domain.id)).toEqual({ delivered: 2, held: 2 });
    const rows = await scene.rows('select attempts, next_attempt_at > now() as later from deliveries');
    expect(rows).toEqual([
      { attempts: 1, later: true },
      { attempts: 1, later: true },
    ]);
  });

  it('after the final dot without a word: it counts as not taken, for all recipients, and is tried again', async () => {
    const primary = await primaryWith();
    const domain = await scene.domain(primary.port);
    await scene.hold(domain, [['hangup-after-data', 'ann']]);
    await scene.startRelay();
    await scene.until('it is answered', async () => (await attempts()).length === 2);
    expect(await scene.states(domain.id)).toEqual({ held: 2 });
    // The dangerous one: it has the message. Twice is better than never.
    expect(primary.count).toBe(1);
  });

  it('with 421 as its greeting: the lane is closed and no delivery is touched', async () => {
    const primary = await primaryWith({ greeting: '421 4.3.2 Too busy' });
    const domain = await scene.domain(primary.port);
    await scene.hold(domain, messages(5));
    const relay = await scene.startRelay();
    await scene.until('it is closed', () => relay.lanes.facts[0]?.closedBecause === '421 4.3.2 Too busy');
    expect(await scene.rows('select max(attempts) as most from deliveries')).toEqual([{ most: 0 }]);
  });
});

it('the recipients of one message go in one transaction, each with its own outcome', async () => {
  const primary = await primaryWith();
  const domain = await scene.domain(primary.port);
  await scene.hold(domain, [['ann', 'tempfail', 'ben', 'refuse', 'full']]);
  await scene.startRelay();
  await scene.until('it is answered', async () => (await scene.states(domain.id))['delivered'] === 2);
  await scene.until('all are', async () => (await scene.states(domain.id))['sending'] === undefined);
  expect(await scene.states(domain.id)).toEqual({ delivered: 2, held: 2, refused: 1 });
  expect(primary.received.map(({ rcptTo }) => rcptTo)).toEqual([
    [`ann@${domain.name}`, `ben@${domain.name}`],
  ]);
});

describe('a word of people', () => {
  it('a redirect takes the mail elsewhere while the primary is down, and the end of the outage takes it back', async () => {
    const primary = await primaryWith({ isDown: true });
    const standby = await primaryWith();
    const domain = await scene.domain(primary.port);
    const relay = await scene.startRelay();
    await scene.hold(domain, messages(5));
    await scene.until('it is closed', () => relay.lanes.facts.some(({ closedBecause }) => closedBecause));
    await scene.owner.query(
      `insert into outages (tenant_id, domain_id, began_at, noticed_at, cause, received_before, delivered_before) values ($1, $2, now(), now(), 'x', 0, 0)`,
      [domain.tenantId, domain.id],
    );
    await scene.sentinelSays(domain.id, false);
    await scene.owner.query(
      `insert into redirects (domain_id, tenant_id, host, port, until, made_by) values ($1, $2, '127.0.0.1', $3, 'outage-ends', 'ann')`,
      [domain.id, domain.tenantId, standby.port],
    );
    await standby.waitForCount(5, 15_000);
    await delivered(domain.id, 5);

    await primary.up();
    await scene.owner.query('update outages set ended_at = now()');
    await scene.sentinelSays(domain.id, true);
    await scene.until(
      'it is taken back',
      async () => (await scene.rows('select 1 from redirects')).length === 0,
    );
    await scene.until('the relay knows', async () => {
      await scene.hold(domain, [['back']]);
      return primary.count > 0;
    });
  });

  it('a paused lane offers nothing and goes on when it is resumed', async () => {
    const primary = await primaryWith();
    const domain = await scene.domain(primary.port);
    const relay = await scene.startRelay();
    await scene.hold(domain, [['first']]);
    await delivered(domain.id, 1);
    const [lane] = relay.lanes.facts;
    await scene.owner.query(
      `insert into lane_settings (name, paused_because, set_by) values ($1, 'moving', 'op')`,
      [lane?.name],
    );
    await scene.until('it is paused', () => relay.lanes.facts[0]?.closedBecause === 'moving');
    await scene.hold(domain, messages(10));
    await scene.sentinelSays(domain.id, true);
    await scene.until('it is not claimed', async () => (await scene.states(domain.id))['held'] === 10);
    expect(primary.count).toBe(1);
    await scene.owner.query('delete from lane_settings');
    await delivered(domain.id, 11);
  });

  it('a limit of connections holds, for the tenant that said so', async () => {
    const primary = await primaryWith({ slowMs: 20 });
    const domain = await scene.domain(primary.port);
    await scene.owner.query('update domains set max_connections = 2 where id = $1', [domain.id]);
    await scene.hold(
      domain,
      Array.from({ length: 60 }, (_, n) => [`slow+${n}`]),
    );
    await scene.startRelay();
    await delivered(domain.id, 60);
    expect(primary.mostSessionsAtOnce).toBe(2);
  });

  it('a limit a minute spaces messages evenly', async () => {
    const primary = await primaryWith();
    const domain = await scene.domain(primary.port);
    await scene.owner.query('update domains set max_messages_per_minute = 300 where id = $1', [domain.id]);
    await scene.hold(domain, messages(11));
    await scene.startRelay();
    await delivered(domain.id, 11);
    const at = primary.received.map((message) => message.at.getTime());
    // 300 a minute are 200 ms apart; ten gaps.
    expect(Number(at.at(-1)) - Number(at[0])).toBeGreaterThanOrEqual(1_900);
  });
});

it('domains of one lane share it: three messages do not wait for a thousand of another', async () => {
  const primary = await primaryWith();
  const large = await scene.domain(primary.port);
  const small = await scene.domain(primary.port);
  await scene.hold(large, messages(600));
  await scene.hold(small, messages(3));
  await scene.startRelay();
  await delivered(small.id, 3);
  await delivered(large.id, 600);
  const places = primary.received.flatMap(({ rcptTo }, n) =>
    rcptTo[0]?.endsWith(`@${small.name}`) ? [n] : [],
  );
  expect(Number(places.at(-1))).toBeLessThan(300);
});
