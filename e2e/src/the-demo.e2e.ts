import { System, until } from './system';

let system: System;
let demo: string;

interface Mail {
  to: string;
  subject: string;
  text: string;
}

const control = async <T>(path: string, body?: unknown): Promise<T> => {
  const response = await fetch(`${demo}/control/${path}`, {
    ...(body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
};

beforeAll(async () => {
  system = await System.start({ HOLDFAST_DEMO: 'on', HOLDFAST_DEMO_PORT: '0' });
  const ready = system.events.find(({ event, part }) => event === 'ready' && part === undefined);
  demo = String(ready?.['demo']);
});

afterAll(() => system?.stop());

it('has two tenants with a domain each', async () => {
  await until('the demo’s tenants', 30_000, async () => {
    const { items } = await system.json<{ items: { domain: string }[] }>('domain', 'list');
    return ['northlight.test', 'tidewater.test'].every((name) => items.some(({ domain }) => domain === name));
  });
});

it('tells its whole story: sent, held, told, switched on, delivered, told', async () => {
  const sent = await control<{ isTaken: boolean; reply: string }>('send', { to: 'ada@tidewater.test' });
  expect(sent).toMatchObject({ isTaken: true, reply: expect.stringMatching(/^250 /) });
  await system.untilStats('tidewater.test', { held: 1 });
  let mails: Mail[] = [];
  const mailbox = async (count: number): Promise<boolean> =>
    (mails = await control<Mail[]>('mailbox')).length >= count;
  await until('the first notification', 60_000, () => mailbox(1));
  expect(mails[0]).toMatchObject({
    to: 'owner@tidewater-contact.test',
    subject: expect.stringContaining('safe'),
  });
  await system.holdfast('demo', 'primary', 'up');
  await system.untilStats('tidewater.test', { held: 0, sending: 0, delivered: 1 });
  expect(await control('primary')).toEqual({ up: true, received: 1 });
  await until('the second notification', 60_000, () => mailbox(2));
});

it('serves its page and lets a visitor into the console', async () => {
  expect(await (await fetch(demo)).text()).toMatch(/Holdfast/);
  const signIn = await fetch(`${system.url}/api/v1/demo/sign-in?user=owner@tidewater-contact.test`, {
    redirect: 'manual',
  });
  const cookie = signIn.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const me = (await (await fetch(`${system.url}/api/v1/me`, { headers: { cookie } })).json()) as {
    tenants: { name: string }[];
  };
  expect(me.tenants.map(({ name }) => name)).toEqual(['Tidewater Press']);
});

it('finds everything as it was after a kill of everything', async () => {
  await system.killEverything();
  await system.launch();
  const ready = system.events.findLast(({ event, part }) => event === 'ready' && part === undefined);
  demo = String(ready?.['demo']);
  expect(await control('primary')).toEqual({ up: true, received: 1 });
  expect(await system.stats('tidewater.test')).toMatchObject({ held: 0, delivered: 1 });
  expect(await control<Mail[]>('mailbox')).toHaveLength(2);
});
