import { RunningApp, type As } from '../testing/running-app';

let app: RunningApp;
let one: Awaited<ReturnType<RunningApp['tenant']>>;
let two: Awaited<ReturnType<RunningApp['tenant']>>;

beforeAll(async () => {
  app = await RunningApp.start();
  one = await app.tenant('One');
  two = await app.tenant('Two');
});
afterAll(() => app?.stop());

const list = (as: As = one.person) =>
  app.ask(as, 'GET', `/api/v1/domains/${one.domain}/recipients?limit=500`);
const names = async () => (await list()).body.items.map(({ address }: { address: string }) => address);
const change = (body: object, as: As = one.person) =>
  app.ask(as, 'POST', `/api/v1/domains/${one.domain}/recipients`, body);

async function send(text: string, query = '', as: As = app.operator, type = 'text/csv') {
  const answer = await fetch(`${app.url}/api/v1/domains/${one.domain}/recipients${query}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${as.key}`, 'content-type': type },
    body: text,
  });
  return { status: answer.status, body: await answer.json() };
}

it('another tenant neither sees nor changes a list', async () => {
  expect((await list(two.person)).status).toBe(404);
  expect((await change({ add: ['mine'] }, two.person)).status).toBe(404);
  expect(await names()).toEqual([]);
});

it('who may only look does not change it', async () => {
  const auditor = await app.person('One', 'auditor@one.example', 'auditor');
  expect((await change({ add: ['ada'] }, auditor)).status).toBe(403);
  expect((await list(auditor)).status).toBe(200);
});

it('takes some, and gives them back', async () => {
  const { status, body } = await change({ add: ['Ada', `bob@${one.domain}`, 'sales-*', `@${one.domain}`] });
  expect([status, body]).toEqual([200, { added: 4, removed: 0, total: 4, problemCount: 0, problems: [] }]);
  expect(await names()).toEqual(['*', 'ada', 'bob', 'sales-*'].map((local) => `${local}@${one.domain}`));
  expect((await change({ add: ['ada'], remove: ['*', 'nobody'] })).body).toMatchObject({
    added: 0,
    removed: 1,
    total: 3,
  });
  const page = await app.ask(one.person, 'GET', `/api/v1/domains/${one.domain}/recipients?limit=1`);
  expect(page.body.next).toBe('ada');
});

it('changes nothing when one is wrong', async () => {
  const { status, body } = await change({ add: ['carol', 'ada@elsewhere.example'] });
  expect([status, body.errors[0]]).toEqual([
    400,
    { field: 'add[1]', message: `is not within ${one.domain}` },
  ]);
  expect(await names()).not.toContain(`carol@${one.domain}`);
});

describe('a file', () => {
  it('becomes the list, and each line that is none is named', async () => {
    const file = [
      '\uFEFFEmail;Name',
      `"ada@${one.domain}";Ada`,
      '',
      '# people who left',
      'not an address,x',
      `dora@${one.domain}`,
      'eve@elsewhere.example',
      `dora@${one.domain}`,
      'x'.repeat(5_000),
    ].join('\r\n');
    expect(await send(file)).toEqual({
      status: 200,
      body: {
        added: 1,
        removed: 2,
        total: 2,
        problemCount: 3,
        problems: [
          { row: 5, message: 'is not an address' },
          { row: 7, message: `is not within ${one.domain}` },
          { row: 9, message: 'is too long' },
        ],
      },
    });
    expect(await names()).toEqual([`ada@${one.domain}`, `dora@${one.domain}`]);
  });

  it('adds to the list when asked to', async () => {
    expect((await send('frank\n', '?mode=add')).body).toMatchObject({ added: 1, removed: 0, total: 3 });
  });

  it('without a recipient leaves the list as it is', async () => {
    expect((await send('nobody@elsewhere.example\n')).status).toBe(400);
    expect((await send('{}', '', app.operator, 'application/json')).status).toBe(415);
    expect(await names()).toHaveLength(3);
  });

  it('may be long', async () => {
    const lines = Array.from({ length: 60_000 }, (_, n) => `person.${n}@${one.domain}`);
    expect((await send(lines.join('\n'))).body).toMatchObject({ added: 60_000, removed: 3, total: 60_000 });
  });
});

describe('changing a domain', () => {
  const set = (changes: object, as: As = one.person) =>
    app.ask(as, 'PATCH', `/api/v1/domains/${one.domain}`, changes);

  it('is for those who may', async () => {
    expect((await set({ whenPrimaryUp: 'defer' }, two.person)).status).toBe(404);
  });

  it('is seen at once, and what is left out stays', async () => {
    const { status, body } = await set({
      recipients: 'list',
      plusAddressing: false,
      whenPrimaryUp: 'defer',
      deferMinutes: 7,
      maxMessagesPerHour: 100,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      recipientPolicy: 'list',
      recipientsListed: 60_000,
      plusAddressing: false,
      whenPrimaryUp: 'defer',
      deferMinutes: 7,
      maxMessagesPerHour: 100,
      maxMessageBytes: null,
      primaryAcceptsAll: null,
    });
    expect((await set({ maxMessagesPerHour: null })).body).toMatchObject({
      deferMinutes: 7,
      maxMessagesPerHour: null,
    });
  });

  it('refuses a list without a recipient, and numbers out of bounds', async () => {
    const empty = await app.ask(two.person, 'PATCH', `/api/v1/domains/${two.domain}`, { recipients: 'list' });
    expect([empty.status, empty.body.errors[0].field]).toEqual([400, 'recipients']);
    expect((await set({ deferMinutes: 0 })).status).toBe(400);
  });
});
