import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { RunningApp, type As } from '../testing/running-app';

// Postgres is reached through a wire that can be cut.

let app: RunningApp;
let person: As;
const sockets = new Set<Socket>();
let isCut = false;
let postgresPort = 0;

const wire = createServer((socket) => {
  if (isCut) return void socket.destroy();
  const onward = connect(postgresPort, '127.0.0.1');
  for (const end of [socket, onward]) {
    sockets.add(end);
    end.on('error', () => undefined);
    end.on('close', () => {
      sockets.delete(end);
      socket.destroy();
      onward.destroy();
    });
  }
  socket.pipe(onward).pipe(socket);
});

beforeAll(async () => {
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
  app = await RunningApp.start({}, (databaseUrl) => {
    const url = new URL(databaseUrl);
    postgresPort = Number(url.port);
    url.port = String((wire.address() as AddressInfo).port);
    return url.href;
  });
  ({ person } = await app.tenant('One'));
});
afterAll(async () => {
  await app?.stop();
  await new Promise((resolve) => wire.close(resolve));
});

it('says so, stays alive, and goes on by itself', async () => {
  isCut = true;
  for (const socket of sockets) socket.destroy();
  for (const [as, path] of [
    [app.operator, '/api/v1/domains'],
    [person, '/api/v1/domains'],
    [person, '/api/v1/me'],
  ] as const) {
    const { status, body, headers } = await app.ask(as, 'GET', path);
    expect([status, body.type, headers.get('retry-after')]).toEqual([
      503,
      'urn:holdfast:problem:unavailable',
      '5',
    ]);
  }
  const signIn = await app.ask({ headers: { origin: app.url } }, 'POST', '/api/auth/sign-in/email', {
    email: 'owner@one.example',
    password: 'a long password',
  });
  expect(signIn.status).toBe(503);
  const ready = await app.ask(undefined, 'GET', '/health/ready');
  expect([ready.status, ready.body]).toEqual([503, { ready: false, reasons: ['Postgres does not answer.'] }]);
  expect((await app.ask(undefined, 'GET', '/health/live')).status).toBe(200);
  expect((await app.ask(undefined, 'GET', '/')).status).toBe(200);

  isCut = false;
  expect((await app.ask(person, 'GET', '/api/v1/domains')).status).toBe(200);
});
