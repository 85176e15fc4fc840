import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cookieOf, RunningApp, type As } from '../testing/running-app';

let app: RunningApp;
let one: Awaited<ReturnType<RunningApp['tenant']>>;

beforeAll(async () => {
  app = await RunningApp.start();
  one = await app.tenant('One');
});
afterAll(() => app?.stop());

const linkFor = async (email: string, role = 'owner'): Promise<string> => {
  const { body } = await app.ask(app.operator, 'POST', '/api/v1/tenants/One/users', { email, role });
  const url = new URL(body.signInUrl);
  expect(url.origin).toBe(app.url);
  return `${url.pathname}${url.search}`;
};

describe('without a session', () => {
  it.each([
    ['GET', '/api/v1/me'],
    ['GET', '/api/v1/status'],
    ['GET', '/api/v1/tenants'],
    ['GET', '/api/v1/domains'],
    ['GET', '/api/v1/deliveries'],
    ['GET', '/api/v1/deliveries/stats'],
    ['GET', '/api/v1/outages'],
    ['GET', '/api/v1/notifications'],
    ['GET', '/api/v1/stream'],
    ['POST', '/api/v1/domains'],
    ['POST', '/api/v1/deliveries/actions'],
  ])('%s %s is refused', async (method, path) => {
    const { status, body, headers } = await app.ask(
      undefined,
      method,
      path,
      method === 'POST' ? {} : undefined,
    );
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect(body).toMatchObject({ type: 'urn:holdfast:problem:not-signed-in', status: 401 });
  });

  it('every route of the contract is closed, but those that are meant to be open', async () => {
    // The check of a domain is for strangers too: it says what anybody could find out (decision 0032).
    const open = ['/health/live', '/health/ready', '/metrics', '/api/v1/demo', '/api/v1/mx-check'];
    const { body: contract } = await app.ask(undefined, 'GET', '/api/openapi.json');
    const answered: Record<string, number> = {};
    for (const [path, methods] of Object.entries(contract.paths as Record<string, object>)) {
      for (const method of Object.keys(methods)) {
        const { status } = await app.ask(undefined, method.toUpperCase(), path.replace(/\{\w+\}/g, 'x'));
        if (!open.includes(path)) answered[`${method} ${path}`] = status;
      }
    }
    expect(Object.keys(answered).length).toBeGreaterThan(15);
    expect(new Set(Object.values(answered))).toEqual(new Set([401]));
  });

  it('a wrong key is refused, however long', async () => {
    for (const key of ['x', `${app.operator.key}x`, 'a'.repeat(5000)]) {
      expect((await app.ask({ key }, 'GET', '/api/v1/me')).status).toBe(401);
    }
  });

  it('a cookie that we did not sign is refused', async () => {
    expect((await app.ask({ cookie: 'holdfast.session_token=abc.def' }, 'GET', '/api/v1/me')).status).toBe(
      401,
    );
  });

  it.each([
    'sign-up/email',
    'sign-in/magic-link',
    'sign-in/social',
    'request-password-reset',
    'update-user',
    'delete-user',
    'nothing',
  ])('the door /api/auth/%s is closed', async (path) => {
    const account = { email: 'stranger@example.org', password: 'a long password', name: 'x' };
    const { status } = await app.ask({ headers: { origin: app.url } }, 'POST', `/api/auth/${path}`, account);
    expect(status).toBe(404);
  });
});

describe("the operator's key", () => {
  it('lies in a file that only its owner reads', async () => {
    expect(app.operator.key?.length).toBeGreaterThanOrEqual(43);
    expect((await stat(join(app.dataDir, 'operator.key'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(app.dataDir, 'keys', 'auth.secret'))).mode & 0o777).toBe(0o600);
  });

  it('is nobody in particular and sees everything', async () => {
    const { body } = await app.ask(app.operator, 'GET', '/api/v1/me');
    expect(body).toEqual({
      user: { id: 'operator', email: '', name: 'Operator' },
      isOperator: true,
      tenants: [],
    });
  });
});

describe('a one-time link', () => {
  it('signs in once, and no second time', async () => {
    const path = await linkFor('once@one.example');
    const first = await app.ask(undefined, 'GET', path);
    expect(first.status).toBe(302);
    expect(first.headers.get('location')).toBe(`${app.url}/`);
    expect(first.headers.getSetCookie()[0]).toMatch(/HttpOnly.*SameSite=Lax/i);
    expect((await app.ask({ cookie: cookieOf(first) }, 'GET', '/api/v1/me')).body).toMatchObject({
      user: { email: 'once@one.example' },
      isOperator: false,
      tenants: [{ id: one.id, name: 'One', role: 'owner' }],
    });
    const second = await app.ask(undefined, 'GET', path);
    expect(second.headers.get('location')).toMatch(/\/sign-in\?error=/);
    expect(second.headers.getSetCookie()).toEqual([]);
  });

  it('leads nowhere but to our own pages', async () => {
    const path = (await linkFor('away@one.example')).replace(
      'callbackURL=%2F',
      'callbackURL=https%3A%2F%2Fevil.test',
    );
    expect((await app.ask(undefined, 'GET', path)).status).toBe(403);
  });

  it('is kept as a hash only', async () => {
    const path = await linkFor('hash@one.example');
    const token = new URL(path, app.url).searchParams.get('token') as string;
    const { rows } = await app.owner.query('select identifier, value from verifications');
    expect(JSON.stringify(rows)).not.toContain(token);
  });
});

describe('a password', () => {
  const password = 'correct horse battery';
  let person: As;

  beforeAll(async () => {
    person = await app.person('One', 'pat@one.example', 'owner');
  });

  it('is chosen after the first sign-in, and only then', async () => {
    expect(
      (await app.ask(person, 'POST', '/api/v1/me/password', { password: 'short' })).body.errors[0].field,
    ).toBe('password');
    expect((await app.ask(person, 'POST', '/api/v1/me/password', { password })).status).toBe(204);
    expect(
      (await app.ask(person, 'POST', '/api/v1/me/password', { password: 'another long one' })).status,
    ).toBe(409);
  });

  it('signs in, and signing out ends the session at once', async () => {
    const answer = await app.ask({ headers: { origin: app.url } }, 'POST', '/api/auth/sign-in/email', {
      email: 'Pat@one.example',
      password,
    });
    expect(answer.status).toBe(200);
    const mine: As = { cookie: cookieOf(answer) };
    expect((await app.ask(mine, 'GET', '/api/v1/me')).status).toBe(200);
    expect((await app.ask(mine, 'POST', '/api/auth/sign-out', {})).status).toBe(200);
    expect((await app.ask(mine, 'GET', '/api/v1/me')).status).toBe(401);
  });

  it('cannot be guessed at: the eleventh try waits, and other accounts do not', async () => {
    const guess = (email: string) =>
      app.ask({ headers: { origin: app.url } }, 'POST', '/api/auth/sign-in/email', {
        email,
        password: 'wrong password',
      });
    const unknown = await guess('nobody@one.example');
    const wrong = await guess('pat@one.example');
    expect(wrong.status).toBe(401);
    expect({ ...wrong.body }).toEqual({ ...unknown.body });
    const statuses: number[] = [];
    for (let n = 0; n < 12; n++) statuses.push((await guess('pat@one.example')).status);
    expect(statuses.at(-1)).toBe(429);
    expect(JSON.stringify(app.logged)).not.toContain('@one.example');
    expect((await guess('somebody@one.example')).status).toBe(401);
  });
});

describe('a page of somebody else', () => {
  it('cannot act for who is signed in here', async () => {
    const action = { action: 'discard', domain: one.domain };
    const elsewhere: Record<string, string>[] = [
      { origin: 'https://evil.test' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of elsewhere) {
      const as: As = { headers: { cookie: one.person.cookie as string, ...headers } };
      const { status, body } = await app.ask(as, 'POST', '/api/v1/deliveries/actions', action);
      expect([status, body.detail]).toEqual([403, 'This request came from another site.']);
    }
    const bare: As = { headers: { cookie: one.person.cookie as string } };
    expect((await app.ask(bare, 'POST', '/api/v1/deliveries/actions', action)).status).toBe(403);
    expect((await app.ask(one.person, 'POST', '/api/v1/deliveries/actions', action)).status).toBe(200);
  });
});

describe('roles', () => {
  const refused = async (role: string, method: string, path: string, body?: unknown) => {
    const person = await app.person(
      'One',
      `${role}-${Math.random().toString(36).slice(2)}@one.example`,
      role,
    );
    return (await app.ask(person, method, path, body)).status;
  };

  it.each([
    ['auditor', 'GET', '/api/v1/deliveries', 200],
    ['auditor', 'POST', '/api/v1/deliveries/actions', 403],
    ['auditor', 'POST', '/api/v1/domains', 403],
    ['billing', 'GET', '/api/v1/domains', 200],
    ['billing', 'GET', '/api/v1/deliveries', 403],
    ['member', 'POST', '/api/v1/deliveries/actions', 200],
    ['member', 'POST', '/api/v1/domains', 403],
    ['owner', 'GET', '/api/v1/status', 403],
    ['owner', 'POST', '/api/v1/tenants', 403],
    ['owner', 'POST', '/api/v1/tenants/One/users', 403],
    ['owner', 'PATCH', '/api/v1/tenants/One', 403],
    ['owner', 'GET', '/api/v1/demo/primary', 403],
  ])('%s: %s %s is %i', async (role, method, path, status) => {
    const bodies: Record<string, unknown> = {
      '/api/v1/deliveries/actions': { action: 'retry', domain: one.domain },
      '/api/v1/domains': { domain: 'new.example', primary: { host: 'mail.example.org' } },
      '/api/v1/tenants': { name: 'Mine' },
      '/api/v1/tenants/One/users': { email: 'friend@one.example', role: 'owner' },
      '/api/v1/tenants/One': { suspended: false },
    };
    expect(await refused(role, method, path, method === 'GET' ? undefined : bodies[path])).toBe(status);
  });

  it('end with the membership, not with the session', async () => {
    const person = await app.person('One', 'leaver@one.example', 'owner');
    await app.owner.query(
      `delete from members where user_id = (select id from users where email = 'leaver@one.example')`,
    );
    expect((await app.ask(person, 'GET', '/api/v1/domains')).status).toBe(403);
  });
});
