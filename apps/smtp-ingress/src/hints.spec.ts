import { Conversation } from './testing/conversation';
import { openPort25, type Port25 } from './testing/port-25';
import { play } from './testing/transcript';

let port25: Port25;
let wake: () => void = () => undefined;
const hinted: string[][] = [];
const ids = new Map<string, string>();

beforeAll(async () => {
  port25 = await openPort25({ HOLDFAST_PROXY_FROM: '127.0.0.9' });
  const { rows } = await port25.owner.query('select id, name from domains');
  for (const { id, name } of rows) ids.set(name, id);
  port25.owner.on('notification', ({ payload = '' }) => {
    hinted.push((JSON.parse(payload) as { domains: string[] }).domains);
    wake();
  });
  await port25.owner.query('listen holdfast_hinted');
});

afterAll(() => port25?.remove());

beforeEach(() => void (hinted.length = 0));

const hint = async (): Promise<string[]> => {
  while (hinted.length === 0) await new Promise<void>((resolve) => (wake = resolve));
  return hinted.shift() ?? [];
};

describe('ETRN', () => {
  it('for a domain of ours is passed on to the sentinel, once in a while', async () => {
    await play(
      port25.port,
      `S: 220 ...
       C: ETRN open.test
       S: 503 5.5.1 ...
       C: EHLO client.test
       S: 250 ...
       C: ETRN OPEN.test
       S: 250 2.0.0 OK, queuing for node open.test started, ...
       C: ETRN open.test
       S: 458 4.7.1 Unable to queue messages for node open.test: asked too often; ...
       C: MAIL FROM:<>
       S: 250 ...
       C: ETRN other.test
       S: 503 5.5.1 ...`,
    );
    expect(await hint()).toEqual([ids.get('open.test')]);
    // Another network may ask as well; the sentinel has just been told.
    await play(
      port25.port,
      'C: PROXY TCP4 203.0.113.1 127.0.0.1 1 25\nS: 220 ...\n' + ask('open.test', '250'),
      {
        from: '127.0.0.9',
      },
    );
    expect(hinted).toEqual([]);
  });

  it.each([
    ['a stranger', 'stranger.test', '459 4.7.1 Node stranger.test not allowed: we hold no mail for it'],
    [
      'one that is not verified',
      'waiting.test',
      '459 4.7.1 Node waiting.test not allowed: we hold no mail for it',
    ],
    [
      'one that is suspended',
      'resting.test',
      '459 4.7.1 Node resting.test not allowed: we hold no mail for it',
    ],
    ['all below a domain', '@open.test', '501 5.5.4 ...'],
    ['a queue by name', '#queue', '501 5.5.4 ...'],
    ['no domain name', 'open..test', '501 5.5.4 ...'],
    ['nothing', '', '501 5.5.4 ...'],
    ['too much', 'open.test other.test', '501 5.5.4 ...'],
  ])('for %s does nothing', async (_what, node, reply) => {
    await play(port25.port, `S: 220 ...\n${ask(node, reply)}`);
    expect(hinted).toEqual([]);
  });

  it('one network asks about some domains a minute, not about all of them', async () => {
    const conversation = await Conversation.open(port25.port, '127.0.7.1');
    await conversation.reply();
    conversation.send('EHLO client.test\r\n');
    await conversation.reply();
    const replies: string[] = [];
    for (let n = 0; n < 22; n++) {
      conversation.send(`ETRN d${n}.test\r\n`);
      replies.push((await conversation.reply()).slice(0, 9));
    }
    conversation.close();
    expect(replies.filter((reply) => reply === '459 4.7.1').length).toBeLessThan(21);
    expect(replies.at(-1)).toBe('458 4.7.1');
  });
});

it('a primary that is down and connects to us is a hint; others are none', async () => {
  const { rows } = await port25.owner.query(
    `insert into outages (tenant_id, domain_id, began_at, noticed_at, cause, received_before, delivered_before, primary_addresses)
     select tenant_id, id, now(), now(), 'x', 0, 0, '{203.0.113.50,2001:db8::50}' from domains where name = 'other.test' returning id`,
  );
  const connectAs = (header: string): Promise<void> =>
    play(port25.port, `C: PROXY ${header}\nS: 220 ...`, { from: '127.0.0.9' });
  // Port 25 reads which primaries are down every few seconds.
  while (hinted.length === 0) await connectAs('TCP6 2001:db8:0::50 ::1 1 25');
  expect(await hint()).toEqual([ids.get('other.test')]);
  await connectAs('TCP4 203.0.113.51 127.0.0.1 1 25');
  await connectAs('TCP4 203.0.113.50 127.0.0.1 1 25');
  expect(await hint()).toEqual([ids.get('other.test')]);
  await connectAs('TCP4 203.0.113.50 127.0.0.1 1 25');
  expect(hinted).toEqual([]);
  expect(rows).toHaveLength(1);
}, 15_000);

function ask(node: string, reply: string): string {
  return `C: EHLO client.test\nS: 250 ...\nC: ETRN ${node}\nS: ${reply.length > 3 ? reply : `${reply} ...`}`;
}
