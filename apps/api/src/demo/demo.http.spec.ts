import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cookieOf, RunningApp } from '../testing/running-app';

describe('without a demo', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await RunningApp.start();
  });
  afterAll(() => app?.stop());

  it('there is nothing to see, to switch or to sign in as', async () => {
    await app.person((await app.tenant('One')) && 'One', 'owner@one.test', 'owner');
    expect((await app.ask(undefined, 'GET', '/api/v1/demo')).status).toBe(404);
    expect((await app.ask(undefined, 'GET', '/api/v1/demo/sign-in?user=owner@one.test')).status).toBe(404);
    expect((await app.ask(app.operator, 'GET', '/api/v1/demo/primary')).status).toBe(404);
    expect((await app.ask(app.operator, 'POST', '/api/v1/demo/primary', { up: true })).status).toBe(404);
  });
});

describe('with a demo', () => {
  let app: RunningApp;
  let control: Server;
  let isUp = false;

  beforeAll(async () => {
    // The demo's own control server is another program; this one speaks its few words.
    control = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        if (request.url !== '/control/primary') return response.writeHead(404).end();
        if (request.method === 'POST') isUp = JSON.parse(body).up;
        return response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ up: isUp, received: 3 }));
      });
    });
    await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve));
    const { port } = control.address() as AddressInfo;
    app = await RunningApp.start({ HOLDFAST_DEMO_URL: `http://127.0.0.1:${port}` });
    await app.tenant('Tidewater Press');
    await app.person('Tidewater Press', 'owner@tidewater-contact.test', 'owner');
    await app.person('Tidewater Press', 'auditor@tidewater-contact.test', 'auditor');
  });
  afterAll(async () => {
    await app?.stop();
    control.closeAllConnections();
    await new Promise((resolve) => control.close(resolve));
  });

  it('a tenant does not switch the primary', async () => {
    const person = await app.person('Tidewater Press', 'other@tidewater-contact.test', 'owner');
    expect((await app.ask(person, 'POST', '/api/v1/demo/primary', { up: true })).status).toBe(403);
  });

  it('an operator does', async () => {
    expect((await app.ask(app.operator, 'POST', '/api/v1/demo/primary', { up: true })).body).toEqual({
      up: true,
      received: 3,
    });
    expect((await app.ask(app.operator, 'GET', '/api/v1/demo/primary')).body).toEqual({
      up: true,
      received: 3,
    });
    expect(
      (await app.ask(app.operator, 'POST', '/api/v1/demo/primary', { up: 'maybe' })).body.errors[0].field,
    ).toBe('up');
  });

  it('a visitor is a demo tenant’s owner with one click, and nobody else', async () => {
    const { body } = await app.ask(undefined, 'GET', '/api/v1/demo');
    expect(body.signIn).toContainEqual({ email: 'owner@tidewater-contact.test', tenant: 'Tidewater Press' });
    const signIn = (user: string, headers = {}) =>
      app.ask({ headers }, 'GET', `/api/v1/demo/sign-in?user=${user}`);
    expect((await signIn('auditor@tidewater-contact.test')).status).toBe(404);
    expect((await signIn('owner@tidewater-press.example')).status).toBe(404);
    expect((await signIn('owner@tidewater-contact.test', { 'x-forwarded-for': '192.0.2.1' })).status).toBe(
      403,
    );
    const answer = await signIn('owner@tidewater-contact.test');
    expect([answer.status, answer.headers.get('location')]).toEqual([302, `${app.url}/`]);
    const me = await app.ask({ cookie: cookieOf(answer) }, 'GET', '/api/v1/me');
    expect(me.body.user.email).toBe('owner@tidewater-contact.test');
  });

  it('says so when its program is away', async () => {
    control.closeAllConnections();
    await new Promise((resolve) => control.close(resolve));
    const { status, body } = await app.ask(app.operator, 'GET', '/api/v1/demo/primary');
    expect([status, body.title]).toEqual([502, 'The demo is away']);
  });
});
