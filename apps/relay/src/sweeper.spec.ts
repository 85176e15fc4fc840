import { replayDelivered } from '@holdfast/queue';
import { dayMs, hourMs, Month } from './testing/month';

let month: Month;

beforeEach(async () => {
  month = await Month.begin();
  await month.primary.down();
});
afterEach(() => month?.end());

const sweep = () => month.relay.sweeper.sweep();
const named = (event: string) => month.scene.logged.filter((line) => line.event === event);

it('leaves alone what is as it should be', async () => {
  await month.take({ to: ['a', 'b'] });
  month.pass(hourMs);
  expect(await sweep()).toEqual({
    freed: 0,
    expired: 0,
    adopted: 0,
    orphaned: 0,
    copies: 0,
    bodies: 0,
    forgotten: 0,
    bodiless: 0,
  });
});

it('frees what a dead relay had claimed, and gives it up in the same round when it is too old', async () => {
  await month.take({ to: ['a'] });
  const claimed = new Date(month.clock.now() + 900_000);
  await month.scene.owner.query(
    `update deliveries set state = 'sending', claimed_by = 'dead', lease_until = $1`,
    [claimed],
  );
  await month.scene.owner.query('update domain_counters set held = 0, held_bytes = 0, sending = 1');
  month.pass(31 * dayMs);
  await month.until(
    'it is expired',
    async () => (await month.scene.states(month.domain.id))['expired'] === 1,
  );
  const [counters] = await month.scene.rows<object>(
    'select held, held_bytes, sending, expired from domain_counters',
  );
  expect(counters).toEqual({ held: 0, held_bytes: 0, sending: 0, expired: 1 });
});

it('removes bodies that nobody needs, and has registered again what Postgres forgot', async () => {
  const settled = await month.take({ to: ['a'] });
  const lost = await month.take({ to: ['b'] });
  await month.scene.owner.query('delete from deliveries where message_id = any($1::uuid[])', [
    [settled, lost],
  ]);
  await month.scene.owner.query('delete from messages where id = $1', [lost]);
  month.pass(hourMs);
  await sweep();
  expect([month.scene.spool.has(settled), month.scene.spool.has(lost)]).toEqual([false, true]);
});

it('takes what a relay left that was killed before it let a body go, and waits with what may still be on its way to Postgres', async () => {
  const settled = await month.take({ to: ['a'] });
  const unknown = await month.take({ to: ['b'] });
  await month.scene.owner.query('delete from deliveries where message_id = any($1::uuid[])', [
    [settled, unknown],
  ]);
  await month.scene.owner.query('delete from messages where id = $1', [unknown]);
  expect(await sweep()).toMatchObject({ bodies: 1, forgotten: 0 });
  expect([month.scene.spool.has(settled), month.scene.spool.has(unknown)]).toEqual([false, true]);
});

it('looks soon after the start of a relay, by itself', async () => {
  const settled = await month.take({ to: ['a'] });
  await month.scene.owner.query('delete from deliveries where message_id = $1', [settled]);
  await month.scene.endRelays();
  month.relay = await month.scene.startRelay({}, { clock: month.clock, mxPort: month.senders.port });
  await month.relay.atWork;
  month.pass(15_000);
  await month.bodiesGone();
});

it('says once of which waiting message the body is gone, and counts it for the operator', async () => {
  const id = await month.take({ to: ['a', 'b'] });
  await month.take({ to: ['c'] });
  await month.scene.spool.remove([id]);
  expect(await sweep()).toMatchObject({ bodiless: 1 });
  expect(await sweep()).toMatchObject({ bodiless: 1 });
  expect(named('body-missing')).toEqual([
    { event: 'body-missing', messageId: id, tenantId: month.domain.tenantId },
  ]);
  expect(month.relay.sweeper.bodiless).toBe(1);
});

describe('a domain that is removed while mail waits for it', () => {
  it('leaves no mail stuck: after a day it has an end with a name, and the sender is told', async () => {
    await month.take({ to: ['a'] });
    await month.scene.owner.query('delete from domains where id = $1', [month.domain.id]);
    expect(await sweep()).toMatchObject({ orphaned: 0 });
    month.pass(dayMs + hourMs);
    await month.until('its end', async () => (await month.scene.states(month.domain.id))['discarded'] === 1);
    expect(named('discarded')).toHaveLength(1);
    await month.reported();
    expect(month.senders.received.map(({ rcptTo }) => rcptTo)).toEqual([['ann@elsewhere.test']]);
    expect(month.senders.received[0]?.raw.toString()).toContain('Status: 5.1.2\r\n');
    await month.bodiesGone();
  });

  it('delivers it when the domain is added again', async () => {
    const { tenantId, id } = month.domain;
    await month.take({ to: ['a'] });
    await month.scene.owner.query('delete from domains where id = $1', [id]);
    await month.primary.up();
    const [added] = await month.scene.rows<{ id: string }>(
      `with d as (insert into domains (tenant_id, name, state) values ($1, 'held.test', 'active') returning id)
       insert into primaries (tenant_id, domain_id, host, port) select $1, id, '127.0.0.1', $2 from d returning domain_id as id`,
      [tenantId, month.primary.port],
    );
    expect(await sweep()).toMatchObject({ adopted: 1 });
    // The lane is still closed, and the relay may not have heard of the domain yet; the sentinel goes on saying so.
    await month.until('it is delivered', async () => {
      await month.scene.sentinelSays(added?.id ?? '', true);
      return month.primary.count === 1;
    });
  });
});

describe('mail that is kept after its delivery', () => {
  it('is sent again when the primary lost it, and leaves the disk when its hours are over', async () => {
    await month.primary.up();
    await month.scene.owner.query('update domains set keep_delivered_hours = 48');
    const id = await month.take({ to: ['a', 'b'] });
    const delivered = async () => (await month.scene.states(month.domain.id))['delivered'];
    await month.until('it is delivered', async () => (await delivered()) === 2);
    await sweep();
    expect(month.scene.spool.has(id)).toBe(true);
    expect(
      await replayDelivered(month.scene.owner, { domainId: month.domain.id }, new Date(month.clock.now())),
    ).toBe(2);
    await month.until('it is delivered again', async () => (await delivered()) === 4);
    const [first, second] = month.primary.received.map(({ raw, rcptTo }) => [raw.toString(), rcptTo]);
    expect(second).toEqual(first);
    month.pass(49 * hourMs);
    await month.bodiesGone();
  });

  it('goes before its time when the disk is needed for new mail', async () => {
    await month.scene.endRelays();
    month.relay = await month.scene.startRelay(
      { HOLDFAST_MIN_FREE_BYTES: String(2 ** 52) },
      { clock: month.clock, mxPort: month.senders.port },
    );
    await month.primary.up();
    await month.scene.owner.query('update domains set keep_delivered_hours = 72');
    await month.take({ to: ['a'] });
    await month.until('it is delivered', async () => month.primary.count === 1);
    await month.relay.settler.drained();
    await sweep();
    await month.bodiesGone();
    expect(named('copies-made-room')).toMatchObject([{ copies: 1 }]);
  });
});
