import { heartbeat, type Heartbeat } from '@holdfast/queue';
import { RunningApp } from '../testing/running-app';

let app: RunningApp;

beforeAll(async () => {
  app = await RunningApp.start();
});
afterAll(() => app?.stop());

const beat = (program: Heartbeat['program'], more: Partial<Heartbeat> = {}) =>
  heartbeat(app.owner, {
    node: 'node-1',
    program,
    worker: 0,
    pid: 1,
    isReady: true,
    reasons: [],
    facts: {},
    startedAt: new Date(),
    ...more,
  });

it('a tenant is not told how the house is', async () => {
  const { person } = await app.tenant('One');
  expect((await app.ask(person, 'GET', '/api/v1/status')).status).toBe(403);
});

describe('ready', () => {
  it('is no, with what is missing, until one of each program says that it is well', async () => {
    const none = await app.ask(undefined, 'GET', '/health/ready');
    expect([none.status, none.body]).toEqual([
      503,
      {
        ready: false,
        reasons: ['smtp-ingress is not running.', 'relay is not running.', 'sentinel is not running.'],
      },
    ]);
    await beat('smtp-ingress');
    await beat('relay', { isReady: false, reasons: ['rspamd does not answer'] });
    await beat('sentinel');
    expect((await app.ask(undefined, 'GET', '/health/ready')).body).toEqual({
      ready: false,
      reasons: ['relay 0 on node-1: rspamd does not answer'],
    });
    await beat('relay');
    expect((await app.ask(undefined, 'GET', '/health/ready')).status).toBe(200);
  });

  it('stays yes while one worker of several is unwell, and says so', async () => {
    await beat('relay', { worker: 1, isReady: false, reasons: ['starting'] });
    const { status, body } = await app.ask(undefined, 'GET', '/health/ready');
    expect([status, body]).toEqual([200, { ready: true, reasons: ['relay 1 on node-1: starting'] }]);
  });

  it('ends with silence', async () => {
    await app.owner.query(
      `update programs set seen_at = now() - interval '11 seconds' where program = 'sentinel'`,
    );
    const { status, body } = await app.ask(undefined, 'GET', '/health/ready');
    expect(status).toBe(503);
    expect(body.reasons.join()).toMatch(/sentinel 0 on node-1: it has been silent for 11 seconds/);
    await beat('sentinel');
  });
});

it('the status shows every program, also this one, and what is held', async () => {
  const { body } = await app.ask(app.operator, 'GET', '/api/v1/status');
  expect(body).toMatchObject({ ready: true, held: 0, quarantined: 0, outagesOpen: 0 });
  expect(body.nodes).toContainEqual(
    expect.objectContaining({
      node: 'mx2.provider.test',
      program: 'api',
      worker: 0,
      ready: true,
      pid: process.pid,
    }),
  );
});

it('live is always yes, and metrics name routes and no tenant', async () => {
  expect((await app.ask(undefined, 'GET', '/health/live')).body).toEqual({ live: true });
  await app.ask(app.operator, 'GET', '/api/v1/domains/one.example');
  const { body } = await app.ask(undefined, 'GET', '/metrics');
  expect(body).toMatch(
    /holdfast_api_request_seconds_count\{method="GET",route="\/api\/v1\/domains\/:idOrName",status="200"\} 1/,
  );
  expect(body).not.toContain('one.example');
});
