import { Conversation } from './testing/conversation';
import { openPort25, type Port25 } from './testing/port-25';
import { play } from './testing/transcript';

let port25: Port25;

beforeAll(async () => {
  port25 = await openPort25({
    HOLDFAST_SMTP_HOST: '::',
    HOLDFAST_PROXY_FROM: '127.0.0.9',
    HOLDFAST_MAX_SESSIONS_PER_NETWORK: '2',
  });
});

afterAll(() => port25?.remove());

const message = `S: 220 ...
  C: EHLO client.test
  S: 250 ...
  C: MAIL FROM:<>
  S: 250 ...
  C: RCPT TO:<x@open.test>
  S: 250 ...
  C: DATA
  S: 354 ...
  C: Subject: x
  C:
  C: .
  S: 250 ...`;

it.each([
  ['::1', '[IPv6:::1]'],
  ['127.0.0.1', '[127.0.0.1]'],
])('one listener serves both families: %s', async (from, literal) => {
  await play(port25.port, message, { from });
  const { id, body } = await port25.newest();
  expect(body).toContain(`Received: from client.test (${literal})\r\n`);
  expect((await port25.spool.envelope(id))?.client.address).toBe(from);
  expect(port25.said.filter(({ event }) => event === 'received').at(-1)).toMatchObject({ client: from });
  const registered = async (): Promise<unknown> =>
    (await port25.owner.query('select host(client_address) as client from messages where id = $1', [id]))
      .rows[0]?.client;
  while ((await registered()) === undefined) await new Promise((resolve) => setImmediate(resolve));
  expect(await registered()).toBe(from);
});

it('a client of IPv6 is counted by its /64', async () => {
  const open: Conversation[] = [];
  const connectAs = async (client: string): Promise<string> => {
    const conversation = await Conversation.open(port25.port, '127.0.0.9');
    open.push(conversation);
    conversation.send(`PROXY TCP6 ${client} ::1 1 25\r\n`);
    return conversation.reply();
  };
  expect(await connectAs('2001:db8:1:2::1')).toMatch(/^220 /);
  expect(await connectAs('2001:db8:1:2:ffff:ffff:ffff:ffff')).toMatch(/^220 /);
  expect(await connectAs('2001:db8:1:2:1234::')).toMatch(
    /^421 4\.7\.0 Too many connections from your network/,
  );
  expect(await connectAs('2001:db8:1:3::1')).toMatch(/^220 /);
  for (const conversation of open) conversation.close();
});

it('who guesses mailboxes from one /64 is cut there, and no neighbour is', async () => {
  const guesses = `C: PROXY TCP6 2001:db8:5:5::CLIENT ::1 1 25
    S: 220 ...
    C: EHLO client.test
    S: 250 ...
    C: MAIL FROM:<>
    S: 250 ...
    ${'C: RCPT TO:<nobody@listed.test>\n'.repeat(50)}
    ${'S: 550 5.1.1 ...\n'.repeat(50)}`;
  const began = performance.now();
  await play(port25.port, guesses.replace('CLIENT', '1'), { from: '127.0.0.9' });
  const free = performance.now() - began;
  // All that was free is used up: the next of this /64 waits for each answer.
  const one = `C: RCPT TO:<nobody@listed.test>\nS: 550 5.1.1 ...`;
  const asking = (client: string): Promise<void> =>
    play(
      port25.port,
      `C: PROXY TCP6 ${client} ::1 1 25\nS: 220 ...\nC: EHLO c.test\nS: 250 ...\nC: MAIL FROM:<>\nS: 250 ...\n${one}\n${one}`,
      { from: '127.0.0.9' },
    );
  const slowed = performance.now();
  await asking('2001:db8:5:5:abcd::7');
  expect(performance.now() - slowed).toBeGreaterThan(950);
  const neighbour = performance.now();
  await asking('2001:db8:5:6::7');
  expect(performance.now() - neighbour).toBeLessThan(950 + free);
}, 20_000);
