import { startFakePrimary, type FakePrimary } from '@holdfast/fake-primary';
import { numbered, send } from './sender';
import { System } from './system';

// What a tenant wishes, said as people say it, and heard on port 25 within a second.

let system: System;
let primary: FakePrimary;
let knowing: FakePrimary;
const domain = 'wishing.test';
const tenant = `Tenant of ${domain}`;
const asked = 'asked.test';
const gtube = 'XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\r\n';
const withinMs = 1_000;

beforeAll(async () => {
  primary = await startFakePrimary();
  knowing = await startFakePrimary({ recipients: [`bob@${asked}`] });
  system = await System.start();
  await system.addDomain(domain, primary.port);
  await system.addDomain(asked, knowing.port);
});

afterAll(async () => {
  await system?.stop();
  await primary?.close();
  await knowing?.close();
});

async function ask(method: string, path: string, body: object): Promise<void> {
  const answer = await fetch(`${system.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${await system.operatorKey()}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
}

const filter = `/tenants/${encodeURIComponent(tenant)}/filter`;
const wish = (changes: object): Promise<void> => ask('PATCH', filter, changes);
const rule = (changes: object): Promise<void> => ask('POST', `${filter}/rules`, changes);
const choose = (changes: object, of = domain): Promise<void> => ask('PATCH', `/domains/${of}`, changes);

let number = 0;
const offer = (from: string, text = '', to = `bob@${domain}`): Promise<string> =>
  send(system.smtpPort, { ...numbered(++number, to, text), from }).catch((error: Error) => error.message);

/** Asks port 25 again and again from the moment at which the api has answered. @returns after how many ms it said what was wanted */
async function until(reply: RegExp, speak: () => Promise<string>, mostMs = withinMs): Promise<number> {
  const began = performance.now();
  for (;;) {
    const ms = performance.now() - began;
    const heard = await speak();
    if (reply.test(heard)) return ms;
    if (ms > mostMs) throw new Error(`After ${Math.round(ms)} ms port 25 still says ${heard}`);
  }
}

it.each<[string, () => Promise<void>, RegExp, () => Promise<string>]>([
  ['spam is put off', () => wish({ spam: 'defer' }), /451 4\.7\.1/, () => offer('ada@sender.test', gtube)],
  ['spam is refused', () => wish({ spam: 'refuse' }), /550 5\.7\.1/, () => offer('ada@sender.test', gtube)],
  [
    'spam is put aside',
    () => wish({ spam: 'quarantine' }),
    /^250 2\.0\.0/,
    () => offer('ada@sender.test', gtube),
  ],
  ['a sender is blocked', () => rule({ block: ['bad.test'] }), /550 5\.7\.1/, () => offer('eve@bad.test')],
  ['the blocked are put off', () => wish({ blocked: 'defer' }), /451 4\.7\.1/, () => offer('eve@bad.test')],
  ['a rule is forgotten', () => rule({ forget: ['bad.test'] }), /^250/, () => offer('eve@bad.test')],
  ['a network is blocked', () => rule({ block: ['127.0.0.0/8'] }), /451/, () => offer('ada@sender.test')],
  ['an address is allowed', () => rule({ allow: ['127.0.0.1'] }), /^250/, () => offer('ada@sender.test')],
  [
    'who claims to be in the held domain is refused',
    async () => {
      await rule({ forget: ['127.0.0.1', '127.0.0.0/8'] });
      await wish({ ownDomain: 'refuse' });
    },
    /550 5\.7\.1/,
    () => offer(`alice@${domain}`),
  ],
  ['and put off', () => wish({ ownDomain: 'defer' }), /451 4\.7\.1/, () => offer(`alice@${domain}`)],
  ['and taken again', () => wish({ ownDomain: 'accept' }), /^250/, () => offer(`alice@${domain}`)],
  [
    'messages have a size at most',
    () => choose({ maxMessageBytes: 200 }),
    /552 5\.3\.4/,
    () => offer('ada@sender.test', 'x'.repeat(200)),
  ],
  [
    'and the limit is gone',
    () => choose({ maxMessageBytes: null }),
    /^250/,
    () => offer('ada@sender.test', 'x'.repeat(200)),
  ],
  [
    'the limit of a plan holds',
    async () => {
      await ask('POST', '/plans', { name: 'Letters', maxMessageBytes: 250 });
      await ask('PATCH', `/tenants/${encodeURIComponent(tenant)}`, { plan: 'Letters' });
    },
    /552 5\.3\.4/,
    () => offer('ada@sender.test', 'x'.repeat(200)),
  ],
  [
    'and another as soon as the plan says so',
    () => ask('PATCH', '/plans/Letters', { maxMessageBytes: null }),
    /^250/,
    () => offer('ada@sender.test', 'x'.repeat(200)),
  ],
  [
    'an hour brings no more messages than said',
    () => choose({ maxMessagesPerHour: 1 }),
    /452 4\.3\.1/,
    () => offer('ada@sender.test'),
  ],
])('%s', async (_what, say, reply, speak) => {
  await say();
  expect(await until(reply, speak)).toBeLessThan(withinMs);
});

// Both of these wait for what the primary is seen to do, which takes the sentinel seconds.
const seenWithinMs = 20_000;

it('with call-ahead, whom the primary does not know is refused or put off, as its tenant chose', async () => {
  const unknown = (): Promise<string> => offer('ada@sender.test', '', `nobody@${asked}`);
  await choose({ recipients: 'call-ahead' }, asked);
  expect(await unknown()).toMatch(/^250/);
  await until(/550 5\.1\.1/, unknown, seenWithinMs);
  expect(await offer('ada@sender.test', '', `bob@${asked}`)).toMatch(/^250/);
  const changed = ask('PATCH', `/tenants/${encodeURIComponent(`Tenant of ${asked}`)}/filter`, {
    unknownRecipient: 'defer',
  });
  await changed;
  await until(/450 4\.1\.1/, unknown);
});

it('while the primary is up, senders are asked to use it, as the domain chose', async () => {
  const known = (): Promise<string> => offer('ada@sender.test', '', `bob@${asked}`);
  await choose({ whenPrimaryUp: 'defer', deferMinutes: 2 }, asked);
  await until(/451 4\.7\.1 .*try here again in 2 minutes/, known, seenWithinMs);
  await choose({ whenPrimaryUp: 'accept' }, asked);
  await until(/^250/, known);
});
