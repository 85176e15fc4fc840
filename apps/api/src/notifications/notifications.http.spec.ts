import { RunningApp } from '../testing/running-app';

let app: RunningApp;

beforeAll(async () => {
  app = await RunningApp.start();
});
afterAll(() => app?.stop());

it('a tenant sees what it was told, and never what another was', async () => {
  const one = await app.tenant('One');
  const two = await app.tenant('Two');
  for (const [tenant, fact] of [
    [one.id, 'a'],
    [one.id, 'b'],
    [two.id, 'c'],
  ]) {
    await app.owner.query(
      `insert into notifications (tenant_id, kind, recipient, subject, text_body, html_body, message_id_header, fact)
       values ($1, 'holding', 'post@elsewhere.test', $2, 'the text', 'the html', '<m@provider.test>', $2)`,
      [tenant, fact],
    );
  }
  const subjects = async (as: typeof one.person, query = '') =>
    (await app.ask(as, 'GET', `/api/v1/notifications${query}`)).body.items.map(
      ({ subject }: { subject: string }) => subject,
    );
  expect(await subjects(two.person)).toEqual(['c']);
  expect(await subjects(one.person)).toEqual(['b', 'a']);
  expect(await subjects(app.operator)).toHaveLength(3);
  const { body } = await app.ask(one.person, 'GET', '/api/v1/notifications?limit=1');
  expect(Object.keys(body.items[0]).sort()).toEqual(
    ['createdAt', 'id', 'kind', 'lastError', 'recipient', 'sentAt', 'skippedBecause', 'subject'].sort(),
  );
  expect(await subjects(one.person, `?after=${body.next}`)).toEqual(['a']);
});
