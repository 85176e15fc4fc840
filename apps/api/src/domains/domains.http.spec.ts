import { listen, type Listener } from '@holdfast/database';
import { claimDue } from '@holdfast/queue';
import { RunningApp } from '../testing/running-app';

let app: RunningApp;
let one: Awaited<ReturnType<RunningApp['tenant']>>;
let two: Awaited<ReturnType<RunningApp['tenant']>>;

beforeAll(async () => {
  app = await RunningApp.start();
  one = await app.tenant('One');
  two = await app.tenant('Two');
});
afterAll(() => app?.stop());

const primary = { host: 'mail.example.org', port: 2525 };
const add = (domain: string, more: object = {}) =>
  app.ask(app.operator, 'POST', '/api/v1/domains', { domain, tenant: 'One', primary, ...more });

describe('another tenant', () => {
  it('neither sees nor removes a domain, by name or by id', async () => {
    for (const name of [one.domain, one.domainId]) {
      expect((await app.ask(two.person, 'GET', `/api/v1/domains/${name}`)).status).toBe(404);
      expect((await app.ask(two.person, 'DELETE', `/api/v1/domains/${name}`)).status).toBe(404);
      expect((await app.ask(two.person, 'GET', `/api/v1/domains/${name}?tenant=One`)).status).toBe(404);
    }
    const { body } = await app.ask(two.person, 'GET', '/api/v1/domains');
    expect(body.items.map(({ domain }: { domain: string }) => domain)).toEqual([two.domain]);
  });

  it('adds nothing in the name of the first', async () => {
    const wanted = { domain: 'stolen.example', tenant: 'One', primary };
    expect((await app.ask(two.person, 'POST', '/api/v1/domains', wanted)).status).toBe(404);
  });

  it('does not vouch for itself', async () => {
    const wanted = { domain: 'mine.example', primary, verified: true };
    expect((await app.ask(two.person, 'POST', '/api/v1/domains', wanted)).status).toBe(403);
  });
});

describe('adding a domain', () => {
  it('shows it with its primary and its counts', async () => {
    const { status, body } = await add('Shown.Example.', { verified: true });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      domain: 'shown.example',
      tenant: 'One',
      state: 'active',
      recipientPolicy: 'any',
      primaries: [{ host: 'mail.example.org', port: 2525, tlsPolicy: 'opportunistic' }],
      counts: {
        held: 0,
        heldBytes: 0,
        sending: 0,
        quarantined: 0,
        delivered: 0,
        refused: 0,
        expired: 0,
        discarded: 0,
      },
      outage: null,
      oldestExpiresAt: null,
    });
    expect((await app.ask(one.person, 'GET', '/api/v1/domains/SHOWN.example')).body).toEqual(body);
  });

  it('is heard by port 25 before the answer is read', async () => {
    let heard: () => void;
    const notice = new Promise<void>((resolve) => (heard = resolve));
    const listener = await new Promise<Listener>((resolve) => {
      const mine = listen(app.owner.options.connectionString as string, ['directory'], {
        onConnect: () => resolve(mine),
        onNotice: () => heard(),
      });
    });
    await add('heard.example', { verified: true });
    await notice;
    await listener.close();
  });

  it('waits for proof when nobody vouches', async () => {
    const { body } = await app.ask(one.person, 'POST', '/api/v1/domains', {
      domain: 'pending.example',
      primary,
    });
    expect(body.state).toBe('pending');
  });

  it('keeps a list of recipients as port 25 compares them', async () => {
    const addresses = ['Info@list.example', 'sales', 'info@LIST.example', ' "odd name"@list.example '];
    expect((await add('list.example', { recipients: 'list', addresses })).status).toBe(201);
    const { rows } = await app.owner.query(
      `select array_agg(local_part order by local_part) as list from recipients r join domains d on d.id = r.domain_id where d.name = 'list.example'`,
    );
    expect(rows[0].list).toEqual(['"odd name"', 'info', 'sales']);
  });

  it('takes a long list in one request', async () => {
    const addresses = Array.from({ length: 50_000 }, (_, n) => `person.${n}@long.example`);
    expect((await add('long.example', { recipients: 'list', addresses })).status).toBe(201);
    await app.ask(app.operator, 'DELETE', '/api/v1/domains/long.example');
  });

  it('refuses a name that is taken, whoever has it', async () => {
    const { status, body } = await add(two.domain);
    expect(status).toBe(409);
    expect(body).toMatchObject({
      type: 'urn:holdfast:problem:domain-already-claimed',
      errors: [{ field: 'domain', message: 'is already backed up here' }],
    });
  });

  it.each([
    ['domain', { domain: 'not a name' }],
    ['domain', { domain: 'com' }],
    ['domain', { domain: '10.1.2.3' }],
    ['domain', { domain: '_dmarc.example.org' }],
    ['domain', { domain: undefined }],
    ['primary', { primary: undefined }],
    ['primary.host', { primary: { host: '127.0.0.1' } }],
    ['primary.host', { primary: { host: 'localhost' } }],
    ['primary.host', { primary: { host: '::ffff:192.168.1.1' } }],
    ['primary.host', { primary: { host: 'mx2.provider.test' } }],
    ['primary.host', { primary: {} }],
    ['primary.port', { primary: { host: 'mail.example.org', port: 70_000 } }],
    ['primary.tlsPolicy', { primary: { host: 'mail.example.org', tlsPolicy: 'maybe' } }],
    ['recipients', { recipients: 'some' }],
    ['addresses', { recipients: 'list' }],
    ['addresses', { recipients: 'any', addresses: ['a@bad.example'] }],
    ['addresses[1]', { recipients: 'list', addresses: ['a@bad.example', 'b@other.example'] }],
    ['surprise', { surprise: true }],
    ['tenant', { tenant: undefined }],
  ])('names %s when that is wrong', async (field, wrong) => {
    const { status, body, headers } = await add('bad.example', wrong);
    expect(status).toBe(400);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(body.errors[0].field).toBe(field);
    expect(body.detail).toContain(body.errors[0].message);
  });

  it('leaves nothing behind when it is refused', async () => {
    expect((await app.ask(app.operator, 'GET', '/api/v1/domains/bad.example')).status).toBe(404);
  });
});

describe('the list', () => {
  it('is read page by page, by name', async () => {
    const names: string[] = [];
    let after: string | null = null;
    do {
      const query = after ? `&after=${encodeURIComponent(after)}` : '';
      const { body } = await app.ask(app.operator, 'GET', `/api/v1/domains?limit=2${query}`);
      expect(body.items.length).toBeLessThanOrEqual(2);
      names.push(...body.items.map(({ domain }: { domain: string }) => domain));
      after = body.next;
    } while (after);
    expect(names).toEqual([...names].sort());
    expect(names).toContain(one.domain);
    expect(names).toContain(two.domain);
    expect(new Set(names).size).toBe(names.length);
  });

  it('is of one tenant when an operator asks so', async () => {
    const { body } = await app.ask(app.operator, 'GET', `/api/v1/domains?tenant=${two.id}`);
    expect(body.items.map(({ domain }: { domain: string }) => domain)).toEqual([two.domain]);
  });

  it('is of both for a person of two tenants, or of the one that they name', async () => {
    const both = await app.person('One', 'both@two.example', 'owner');
    await app.person('Two', 'both@two.example', 'auditor');
    const names = async (query: string, headers = {}) =>
      (await app.ask({ ...both, headers }, 'GET', `/api/v1/domains${query}`)).body.items.map(
        (d: { tenant: string }) => d.tenant,
      );
    expect(new Set(await names(''))).toEqual(new Set(['One', 'Two']));
    expect(new Set(await names('?tenant=Two'))).toEqual(new Set(['Two']));
    expect(new Set(await names('', { 'x-holdfast-tenant': 'Two' }))).toEqual(new Set(['Two']));
    const removed = await app.ask(both, 'DELETE', `/api/v1/domains/${two.domain}`);
    expect(removed.status).toBe(404);
  });
});

describe('removing a domain', () => {
  it('is refused while mail is held, and discards it when asked to', async () => {
    const { body } = await add('leaving.example', { verified: true });
    const [delivery] = await app.mail(one.id, body.id, ['a@leaving.example']);
    const refused = await app.ask(one.person, 'DELETE', '/api/v1/domains/leaving.example');
    expect([refused.status, refused.body.type]).toEqual([409, 'urn:holdfast:problem:domain-holds-mail']);
    expect((await app.ask(one.person, 'DELETE', '/api/v1/domains/leaving.example?held=keep')).status).toBe(
      400,
    );
    expect((await app.ask(one.person, 'DELETE', '/api/v1/domains/leaving.example?held=discard')).status).toBe(
      204,
    );
    expect((await app.ask(one.person, 'GET', '/api/v1/domains/leaving.example')).status).toBe(404);
    const trace = await app.ask(one.person, 'GET', `/api/v1/deliveries/${delivery}`);
    expect(trace.body).toMatchObject({ state: 'discarded', domain: '' });
  });

  it('waits for what is being sent', async () => {
    const { body } = await add('busy.example', { verified: true });
    await app.mail(one.id, body.id, ['a@busy.example']);
    await claimDue(app.owner, { domainId: body.id, node: 'node-1', worker: 'w', limit: 1, leaseSeconds: 60 });
    const { status, body: problem } = await app.ask(
      one.person,
      'DELETE',
      '/api/v1/domains/busy.example?held=discard',
    );
    expect([status, problem.type]).toEqual([409, 'urn:holdfast:problem:mail-being-sent']);
  });
});
