import { listen } from '@holdfast/queue';
import { RunningApp } from '../testing/running-app';

let app: RunningApp;
let one: Awaited<ReturnType<RunningApp['tenant']>>;

beforeAll(async () => {
  app = await RunningApp.start();
  one = await app.tenant('One');
  await app.owner.query(`
    insert into relay_workers (worker, node, number, pid, session, lease_until)
      values ('n1/relay-0', 'n1', 0, 1, gen_random_uuid(), now() + interval '1 hour');
    insert into lanes (node, name, owner, connections, allowed, closed_because) values
      ('n1', 'mail.one.example:25/opportunistic', 'n1/relay-0', 3, 5, null),
      ('n2', 'mail.one.example:25/opportunistic', 'n2/relay-0', 2, 5, null),
      ('n1', 'mail.two.example:25/opportunistic', null, 0, 1, 'connection refused')`);
});
afterAll(() => app?.stop());

const change = (body: object, as = app.operator) => app.ask(as, 'PATCH', '/api/v1/lanes', body);

it('is for operators', async () => {
  expect((await app.ask(one.person, 'GET', '/api/v1/lanes')).status).toBe(403);
  expect((await change({ lane: 'mail.one.example', paused: true }, one.person)).status).toBe(403);
});

it('shows each lane with its nodes; who died owns nothing', async () => {
  const { body } = await app.ask(app.operator, 'GET', '/api/v1/lanes');
  expect(body.items).toMatchObject([
    {
      name: 'mail.one.example:25/opportunistic',
      pausedBecause: null,
      nodes: [
        { node: 'n1', owner: 'n1/relay-0', connections: 3, allowed: 5 },
        { node: 'n2', owner: null, connections: 0 },
      ],
    },
    { name: 'mail.two.example:25/opportunistic', nodes: [{ closedBecause: 'connection refused' }] },
  ]);
});

it('is paused, limited and let go on, each without touching the others', async () => {
  const lane = 'mail.one.example';
  expect((await change({ lane, paused: true, reason: 'moving house' })).body).toMatchObject({
    name: 'mail.one.example:25/opportunistic',
    pausedBecause: 'moving house',
    maxConnections: null,
  });
  expect((await change({ lane, maxConnections: 2, maxMessagesPerMinute: 60 })).body).toMatchObject({
    pausedBecause: 'moving house',
    maxConnections: 2,
    maxMessagesPerMinute: 60,
  });
  expect((await change({ lane, paused: false })).body).toMatchObject({
    pausedBecause: null,
    maxConnections: 2,
  });
  expect((await change({ lane, maxConnections: null })).body).toMatchObject({
    maxConnections: null,
    maxMessagesPerMinute: 60,
  });
});

it('tells whoever works the lane at once', async () => {
  const heard = new Promise<unknown>((resolve, reject) => {
    const listener = listen(app.owner.options.connectionString as string, ['lane'], {
      onConnect: () => void change({ lane: 'mail.two', paused: true }).catch(reject),
      onNotice: (_name, payload) => void listener.close().then(() => resolve(payload), reject),
    });
  });
  expect(await heard).toEqual({ lane: 'mail.two.example:25/opportunistic' });
});

it('asks which one is meant', async () => {
  expect((await change({ lane: 'mail.', paused: true })).status).toBe(409);
  expect((await change({ lane: 'nowhere', paused: true })).status).toBe(404);
  expect((await change({ lane: 'mail.one', maxConnections: 0 })).body.errors[0].field).toBe('maxConnections');
});
