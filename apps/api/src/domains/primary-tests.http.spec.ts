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

const begin = (who = one.person) => app.ask(who, 'POST', `/api/v1/domains/${one.domain}/tests`);

it('refuses another tenant, at every door', async () => {
  const { body } = await begin();
  expect((await begin(two.person)).status).toBe(404);
  for (const path of [`tests/${body.id}`, 'tls-results'])
    expect((await app.ask(two.person, 'GET', `/api/v1/domains/${one.domain}/${path}`)).status).toBe(404);
});

it('shows what a relay found, once it is there', async () => {
  const { body: test, status } = await begin();
  expect([status, test.doneAt, test.steps]).toEqual([201, null, []]);
  const steps = [{ place: 'mx:25', step: 'failed', isGood: false, found: 'connection refused' }];
  await app.owner.query('update primary_tests set steps = $2, done_at = now() where id = $1', [
    test.id,
    JSON.stringify(steps),
  ]);
  const shown = await app.ask(one.person, 'GET', `/api/v1/domains/${one.domain}/tests/${test.id}`);
  expect(shown.body).toMatchObject({ id: test.id, steps, doneAt: expect.any(String) });
});

it('does not knock at servers for a tenant as often as it likes', async () => {
  await app.owner.query('delete from primary_tests');
  const answers = [];
  for (let n = 0; n < 7; n++) answers.push((await begin()).status);
  expect(answers).toEqual([...Array(6).fill(201), 409]);
});

it('shows how encryption went, by day', async () => {
  await app.owner.query(
    `insert into tls_results (tenant_id, domain_id, day, policy, result, count)
     select tenant_id, id, current_date, 'dane', 'successful', 3 from domains where id = $1`,
    [one.domainId],
  );
  const { body } = await app.ask(one.person, 'GET', `/api/v1/domains/${one.domain}/tls-results`);
  expect(body.items).toEqual([{ day: expect.any(String), policy: 'dane', result: 'successful', count: 3 }]);
});
