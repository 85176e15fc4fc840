import { Conversation } from './testing/conversation';
import { openPort25, type Port25 } from './testing/port-25';
import { play } from './testing/transcript';

let port25: Port25;

beforeAll(async () => {
  port25 = await openPort25({ HOLDFAST_IPV4_NETWORK_BITS: '32' });
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

/** ms from the connection to the first reply */
const greetingTook = async (from: string): Promise<number> => {
  const conversation = await Conversation.open(port25.port, from);
  const began = performance.now();
  expect(await conversation.reply()).toMatch(/^220 /);
  conversation.close();
  return performance.now() - began;
};

it('whoever has handed us a message is greeted at once the next time', async () => {
  expect(await greetingTook('127.0.2.1')).toBeGreaterThan(15);
  await play(port25.port, message, { from: '127.0.2.1' });
  const times: number[] = [];
  for (let n = 0; n < 20; n++) times.push(await greetingTook('127.0.2.1'));
  // The quickest: any other may have waited for a busy machine.
  expect(Math.min(...times)).toBeLessThan(10);
});

it.each([
  ['a whole command', 'EHLO client.test\r\n'],
  ['a part of one', 'EH'],
])('%s before the greeting ends the connection, and the next greeting is late', async (_what, octets) => {
  const from = octets.length > 2 ? '127.0.2.2' : '127.0.2.3';
  const conversation = await Conversation.open(port25.port, from);
  conversation.send(octets);
  expect(await conversation.reply()).toMatch(/^421 4\.7\.0 You talk too soon/);
  expect(await conversation.reply()).toBe('closed');
  expect(await greetingTook(from)).toBeGreaterThan(900);
});

it('a message does not make up for it', async () => {
  await play(port25.port, 'C: QUIT\nS: 421 4.7.0 You talk too soon; ...\nS: closed', { from: '127.0.2.4' });
  await play(port25.port, message, { from: '127.0.2.4' });
  expect(await greetingTook('127.0.2.4')).toBeGreaterThan(900);
});
