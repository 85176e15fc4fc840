import { Conversation } from './testing/conversation';
import { openLog } from '@holdfast/daemon';
import { newMessageId } from '@holdfast/mail';
import { openSpool, type SpooledEnvelope } from '@holdfast/spool';
import { openPool } from '@holdfast/queue';
import { Registrar } from './registrar';
import { openPort25, type Port25 } from './testing/port-25';

let port25: Port25;

beforeEach(async () => {
  port25 = await openPort25();
});

afterEach(() => port25?.remove());

const sendOne = async (port: number, recipient = 'x@open.test'): Promise<string> => {
  const conversation = await Conversation.open(port);
  await conversation.reply();
  conversation.send(`EHLO c.test\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<${recipient}>\r\nDATA\r\n`);
  for (let n = 0; n < 4; n++) await conversation.reply();
  conversation.send('Subject: x\r\n\r\nx\r\n.\r\n');
  const reply = await conversation.reply();
  conversation.close();
  return reply;
};

const registered = async (): Promise<{ messages: number; deliveries: number; held: number }> => {
  const { rows } = await port25.owner.query(
    `select (select count(*)::int from messages) as messages, (select count(*)::int from deliveries) as deliveries,
       (select sum(held)::int from domain_counters) as held`,
  );
  return rows[0];
};

const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  for (
    const end = Date.now() + 15_000;
    !(await isSo());
    await new Promise((resolve) => setTimeout(resolve, 20))
  )
    if (Date.now() > end) throw new Error('It never became so');
};

it('writes what was taken to Postgres, once, and takes the mark away', async () => {
  for (let n = 0; n < 5; n++) expect(await sendOne(port25.port)).toMatch(/^250/);
  await until(() => port25.registrar.backlog === 0);
  expect(await registered()).toEqual({ messages: 5, deliveries: 5, held: 5 });
  expect(port25.spool.unregistered({ limit: 10 })).toEqual([]);
});

it('waits while Postgres is away; port 25 goes on', async () => {
  await port25.owner.query(`revoke insert on messages from holdfast_ingress`);
  for (let n = 0; n < 3; n++) expect(await sendOne(port25.port)).toMatch(/^250/);
  await until(() => port25.registrar.isPostgresAway);
  expect((await registered()).messages).toBe(0);
  expect(port25.spool.unregistered({ limit: 10 }).length).toBe(3);
  await port25.owner.query(`grant insert on messages to holdfast_ingress`);
  await until(() => port25.registrar.backlog === 0);
  expect(await registered()).toEqual({ messages: 3, deliveries: 3, held: 3 });
});

it('begins with what a process before it left behind', async () => {
  await port25.owner.query(`revoke insert on messages from holdfast_ingress`);
  await sendOne(port25.port);
  await port25.stop();
  expect((await registered()).messages).toBe(0);
  await port25.owner.query(`grant insert on messages to holdfast_ingress`);
  const spool = openSpool({ directory: port25.config.spoolDir });
  const pool = openPool({ url: port25.config.databaseUrl, program: 'spec' });
  const registrar = new Registrar({
    spool,
    db: pool,
    log: openLog('spec', 'error'),
    node: port25.config.node,
  });
  registrar.start();
  await until(async () => (await registered()).messages === 1);
  await registrar.stop();
  expect(spool.unregistered({ limit: 10 })).toEqual([]);
  await pool.end();
  await spool.close();
});

it('leaves aside what Postgres will never take, and goes on with the rest', async () => {
  const { rows } = await port25.owner.query(`select id, tenant_id from domains where name = 'open.test'`);
  const envelope: SpooledEnvelope = {
    tenantId: rows[0].tenant_id,
    sender: 'a@b.test',
    recipients: [{ address: 'x@open.test', domainId: rows[0].id, retentionDays: 30 }],
    client: { address: '192.0.2.1', helo: 'c.test', protocol: 'ESMTP' },
    receivedAt: new Date().toISOString(),
    bytes: 1,
    scan: 'clean',
  };
  const broken = { ...envelope, client: { ...envelope.client, address: 'no address' } };
  const entries = [broken, envelope, envelope].map((each) => ({
    id: newMessageId(),
    envelope: each,
    body: Buffer.from('x'),
  }));
  await port25.spool.put(entries);
  port25.registrar.add(entries);
  await until(() => port25.registrar.backlog === 0);
  expect((await registered()).messages).toBe(2);
  expect(port25.spool.unregistered({ limit: 10 })).toEqual([entries[0]?.id]);
  expect(
    port25.said.filter((line) => line['messageId'] === entries[0]?.id && line['event'] === 'register-failed')
      .length,
  ).toBe(1);
});
