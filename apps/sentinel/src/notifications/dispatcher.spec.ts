import { openPool } from '@holdfast/database';
import { throwAwayDatabase, type ThrowAwayDatabase } from '@holdfast/database/testing';
import type { Log } from '@holdfast/daemon';
import type pg from 'pg';
import { MailSink } from '../testing/mail-sink';
import { ManualClock } from '@holdfast/daemon/testing';
import { startNameServer } from '../testing/name-server';
import { Courier, type CourierSettings, type Mail } from './courier';
import { Dispatcher } from './dispatcher';
import { nextTryMs } from './retry';

let database: ThrowAwayDatabase;
let owner: pg.Pool;
let pool: pg.Pool;
let sink: MailSink;
let tenant: string;
let clock: ManualClock;
const dispatchers: Dispatcher[] = [];

beforeAll(async () => {
  database = await throwAwayDatabase();
  owner = openPool({ url: database.url, program: 'spec' });
  pool = openPool({ url: database.urlAs('sentinel'), program: 'spec' });
  tenant = (await owner.query(`insert into tenants (name) values ('t') returning id`)).rows[0].id;
});
afterAll(async () => {
  await owner?.end();
  await pool?.end();
  await database?.drop();
});
beforeEach(async () => {
  sink = await MailSink.start();
  clock = new ManualClock();
});
afterEach(async () => {
  for (const dispatcher of dispatchers.splice(0)) await dispatcher.stop();
  await sink.close();
  await owner.query('truncate notifications');
});

function dispatcher(more: Partial<CourierSettings> = {}, courier?: Pick<Courier, 'carry'>): Dispatcher {
  const one = new Dispatcher({
    pool,
    clock,
    log: (() => undefined) as unknown as Log,
    courier:
      courier ??
      new Courier({
        hostname: 'mx.holdfast.test',
        smartHostUrl: `smtp://127.0.0.1:${sink.port}`,
        dnsServers: [],
        allowPrivate: true,
        ...more,
      }),
  });
  dispatchers.push(one);
  return one;
}

let facts = 0;
async function write(recipient: string, subject: string, agoMs = 0): Promise<void> {
  await owner.query(
    `insert into notifications (tenant_id, kind, recipient, subject, text_body, html_body, message_id_header, fact, created_at, next_attempt_at)
     values ($1, 'holding-began', $2, $3, 'text', '<p>html</p>', $4, $4, $5, $6)`,
    [
      tenant,
      recipient,
      subject,
      `<${++facts}@mx.holdfast.test>`,
      new Date(clock.now() - agoMs),
      new Date(clock.now()),
    ],
  );
}
const table = async () =>
  (
    await owner.query(
      'select subject, sent_at, attempts, last_error, skipped_because, next_attempt_at from notifications order by created_at, subject',
    )
  ).rows;

it('sends what is due and writes down when', async () => {
  await write('a@contact.test', 'one');
  const one = dispatcher();
  await one.round();
  await one.settled();
  expect(sink.received).toHaveLength(1);
  expect(sink.received[0]).toMatchObject({ subject: 'one', text: 'text', html: '<p>html</p>' });
  expect(await table()).toMatchObject([{ sent_at: new Date(clock.now()), attempts: 1 }]);
});

it('keeps the order of one reader and lets nobody else wait for it', async () => {
  await write('gone@contact.test', 'first', 3_000);
  await write('gone@contact.test', 'second', 2_000);
  await write('there@contact.test', 'other', 1_000);
  sink.answers('gone@contact.test', '450 4.2.0 Later');
  const one = dispatcher();
  await one.round();
  await one.settled();
  await one.round();
  await one.settled();
  expect(sink.received.map(({ subject }) => subject)).toEqual(['other']);
  expect(await table()).toMatchObject([
    { subject: 'first', last_error: '450 4.2.0 Later', next_attempt_at: new Date(clock.now() + 10_000) },
    { subject: 'second', attempts: 0 },
    { subject: 'other' },
  ]);
  sink.answers('gone@contact.test', undefined);
  clock.advance(10_000);
  one.look();
  await sink.has(3);
  expect(sink.received.map(({ subject }) => subject)).toEqual(['other', 'first', 'second']);
});

it('never sends what another one is sending, and takes over when that one died', async () => {
  await write('a@contact.test', 'one');
  let carried: Mail | undefined;
  let arrives: () => void = () => undefined;
  const slow = dispatcher(
    {},
    {
      carry: (mail) => {
        carried = mail;
        return new Promise((resolve) => (arrives = resolve));
      },
    },
  );
  await slow.round();
  while (!carried) await pool.query('select 1');
  const other = dispatcher();
  await other.round();
  await other.settled();
  expect(sink.received).toEqual([]);
  clock.advance(60_000);
  other.look();
  await sink.has(1);
  arrives();
});

it('does not write to those whose server has gone down meanwhile', async () => {
  const domain = (
    await owner.query(`insert into domains (tenant_id, name) values ($1, 'down.test') returning id`, [tenant])
  ).rows[0].id;
  await owner.query(
    `insert into outages (tenant_id, domain_id, began_at, noticed_at, cause, received_before, delivered_before) values ($1, $2, now(), now(), 'x', 0, 0)`,
    [tenant, domain],
  );
  await write('me@down.test', 'one');
  const one = dispatcher();
  await one.round();
  await one.settled();
  expect(await table()).toMatchObject([
    { sent_at: null, skipped_because: expect.stringContaining('would be held') },
  ]);
});

it('gives up in the end, and says so', async () => {
  await write('a@contact.test', 'one', 72 * 3_600_000);
  sink.answers('a@contact.test', '450 4.2.0 Never');
  const one = dispatcher();
  await one.round();
  await one.settled();
  expect(await table()).toMatchObject([
    { skipped_because: 'Given up after 1 tries; the last one: 450 4.2.0 Never' },
  ]);
});

describe('without a smart host', () => {
  it('goes to the MX that our DNS servers name', async () => {
    const names = await startNameServer({
      'contact.test': { MX: 'mail.contact.test' },
      'mail.contact.test': { A: '127.0.0.1' },
    });
    await write('a@contact.test', 'one');
    const one = dispatcher({ smartHostUrl: null, dnsServers: [names.server], mxPort: sink.port });
    await one.round();
    await one.settled();
    expect(await table()).toMatchObject([{ subject: 'one', sent_at: expect.any(Date) }]);
    expect(sink.received).toHaveLength(1);
    await names.close();
  });

  it('never goes to a private address unless it may', async () => {
    const names = await startNameServer({
      'contact.test': { MX: 'mail.contact.test' },
      'mail.contact.test': { A: '127.0.0.1' },
    });
    await write('a@contact.test', 'one');
    const one = dispatcher({
      smartHostUrl: null,
      dnsServers: [names.server],
      mxPort: sink.port,
      allowPrivate: false,
    });
    await one.round();
    await one.settled();
    expect(sink.received).toEqual([]);
    expect(await table()).toMatchObject([{ sent_at: null, last_error: expect.any(String) }]);
    await names.close();
  });
});

it.each([
  [{ attempts: 1, ageMs: 0, isRefusal: false }, 10_000],
  [{ attempts: 3, ageMs: 40_000, isRefusal: false }, 60_000],
  [{ attempts: 99, ageMs: 71 * 3_600_000, isRefusal: false }, 1_800_000],
  [{ attempts: 99, ageMs: 72 * 3_600_000, isRefusal: false }, undefined],
  [{ attempts: 1, ageMs: 0, isRefusal: true }, 3_600_000],
  [{ attempts: 25, ageMs: 24 * 3_600_000, isRefusal: true }, undefined],
])('after %j it waits %s ms', (failure, wait) => expect(nextTryMs(failure)).toBe(wait));
