import { connect } from 'node:net';
import { RunningApp } from '../testing/running-app';

let app: RunningApp;

beforeAll(async () => {
  app = await RunningApp.start();
});
afterAll(() => app?.stop());

const raw = async (method: string, path: string, body?: string, type = 'application/json') => {
  const response = await fetch(`${app.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${app.operator.key}`,
      ...(body !== undefined && { 'content-type': type }),
    },
    ...(body !== undefined && { body }),
  });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: JSON.parse(await response.text()),
  };
};

describe('every refusal is problem details', () => {
  it.each([
    ['an unknown address', () => raw('GET', '/api/v1/nothing'), 404],
    ['an unknown address outside the api', () => raw('GET', '/nothing.js'), 404],
    ['an unknown method', () => raw('PUT', '/api/v1/domains', '{}'), 404],
    ['a body that is no JSON', () => raw('POST', '/api/v1/tenants', '{"name":'), 400],
    ['a body that is a string', () => raw('POST', '/api/v1/tenants', '"name"'), 400],
    ['a body of another type', () => raw('POST', '/api/v1/tenants', 'name=x', 'text/plain'), 400],
    [
      'a body that is too large',
      () => raw('POST', '/api/v1/tenants', JSON.stringify({ name: 'x'.repeat(300_000) })),
      413,
    ],
    ['a wrong escape in the path', () => raw('GET', '/api/v1/domains/%E0%A4%A'), 400],
  ])('%s', async (_what, ask, status) => {
    const answer = await ask();
    expect(answer.status).toBe(status);
    expect(answer.type).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({
      type: expect.stringMatching(/^urn:holdfast:problem:/),
      title: expect.any(String),
      status,
      detail: expect.any(String),
    });
  });

  it('what we did not foresee is bland for the stranger and whole for the operator', async () => {
    await app.owner.query('alter table contacts rename to elsewhere');
    const answer = await raw('GET', '/api/v1/tenants');
    await app.owner.query('alter table elsewhere rename to contacts');
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toMatch(/contacts|relation|select/);
    const logged = app.logged.findLast(({ event }) => event === 'request-failed');
    expect(logged).toMatchObject({
      path: '/api/v1/tenants',
      error: { message: expect.stringContaining('contacts') },
    });
  });

  it('a broken connection to Postgres is weather: 503, and the next request works', async () => {
    await raw('GET', '/api/v1/domains');
    await app.owner.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'holdfast-api%' and datname = current_database()`,
    );
    const answers = [await raw('GET', '/api/v1/domains'), await raw('GET', '/api/v1/domains')];
    expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 503)).toEqual(
      [],
    );
    expect(answers.at(-1)?.status).toBe(200);
  });
});

describe('the console', () => {
  it('is one page for all its addresses, with a nonce of its own each time', async () => {
    const first = await app.ask(undefined, 'GET', '/');
    const second = await app.ask(undefined, 'GET', '/domains?x=1');
    const nonce = (answer: typeof first) => /ngCspNonce="([^"]+)"/.exec(answer.body)?.[1];
    expect(nonce(first)).toBeTruthy();
    expect(nonce(first)).not.toBe(nonce(second));
    const policy = first.headers.get('content-security-policy') ?? '';
    expect(policy).toContain(`style-src 'self' 'nonce-${nonce(first)}'`);
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(first.headers.get('cache-control')).toBe('no-cache');
    expect((await app.ask(undefined, 'GET', '/index.html')).body).toContain('ngCspNonce=');
  });

  it('has files that are kept, and files that are asked for again', async () => {
    const kept = await app.ask(undefined, 'GET', '/main-ABCDEFGH.js');
    expect([kept.status, kept.headers.get('cache-control')]).toEqual([
      200,
      'public, max-age=31536000, immutable',
    ]);
    expect((await app.ask(undefined, 'GET', '/mark.svg')).headers.get('cache-control')).toBe('no-cache');
    expect((await app.ask(undefined, 'GET', '/main-00000000.js')).status).toBe(404);
  });

  it('also has addresses with a dot in them', async () => {
    expect((await app.ask({ headers: { accept: 'text/html' } }, 'GET', '/domains/one.example')).status).toBe(
      200,
    );
  });

  it('leads nowhere out of its folder', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const { port } = new URL(app.url);
      let said = '';
      const socket = connect(Number(port), '127.0.0.1', () =>
        socket.write('GET /..%2foperator.key HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'),
      );
      socket.on('data', (chunk) => (said += String(chunk)));
      socket.on('close', () => resolve(said));
      socket.on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 40[34]/);
    expect(answer).not.toContain(app.operator.key as string);
  });
});
