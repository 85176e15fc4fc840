/** Servers that no library lets one build: they stall, flood and talk nonsense. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { attempt } from '../known';
import { withDefaults } from '../settings';
import { visit } from './visit';

const rules = withDefaults({
  ours: ['mx.holdfast.test'],
  hello: 'mx.holdfast.test',
  dnsServers: [],
  allowPrivate: true,
  maxMessageBytes: 1_000_000,
});

async function visitOne(greet: (socket: Socket) => void, ms = 400) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    greet(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), ms);
  const { port } = server.address() as AddressInfo;
  const place = { host: 'mail.test', addresses: ['127.0.0.1'], port };
  const inquiry = { from: 'a@mx.holdfast.test', to: { one: 'b@mail.test' } };
  const found = await attempt(visit(place, [inquiry], rules, end.signal));
  clearTimeout(timer);
  for (const socket of sockets) socket.destroy();
  server.close();
  await once(server, 'close');
  return found;
}

/** Answers by the first four letters of a command, and to others not at all. */
const answering = (answers: Record<string, string>) => (socket: Socket) => {
  socket.write('220 mail.test\r\n');
  socket.on('data', (chunk: Buffer) => {
    const answer = answers[chunk.toString('latin1').slice(0, 4)];
    if (answer !== undefined) socket.write(`${answer}\r\n`);
  });
};

it('does not take a TLS handshake that never ends for one that fails', async () => {
  const found = await visitOne(answering({ EHLO: '250-mail.test\r\n250 STARTTLS', STAR: '220 go ahead' }));
  expect(found).toMatchObject({
    value: { tls: { isKnown: false, because: expect.stringMatching(/in time/) } },
  });
});

it('keeps what was said before the silence', async () => {
  const found = await visitOne(answering({ EHLO: '250-mail.test\r\n250 SIZE 1000', MAIL: '250 ok' }));
  expect(found).toMatchObject({
    isKnown: true,
    value: { name: 'mail.test', maxBytes: 1000, replies: { one: { isKnown: false } } },
  });
});

it.each([
  [
    'a flood without an end of line',
    (socket: Socket) => socket.write('2'.repeat(200_000)),
    /more than belongs/,
  ],
  [
    'a reply that never ends',
    (socket: Socket) => socket.write('220-again\r\n'.repeat(20_000)),
    /more than belongs/,
  ],
  ['another protocol', (socket: Socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'), /does not speak SMTP/],
  ['a goodbye without a word', (socket: Socket) => socket.destroy(), /closed the connection/],
])('ends at %s', async (_what, greet, because) => {
  expect(await visitOne(greet)).toMatchObject({ isKnown: false, because: expect.stringMatching(because) });
});

it('shows nothing that could steer a terminal', async () => {
  const found = await visitOne((socket) => socket.end('554 \u001b[2Jgo away\u0007\r\n'));
  expect(found).toMatchObject({ isKnown: true, value: { greeting: { code: 554, text: '554 [2Jgo away' } } });
});
