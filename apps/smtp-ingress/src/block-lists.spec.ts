import { jest } from '@jest/globals';
import { startFakeDns, type FakeDns } from '@holdfast/fake-dns';
import { readBlockLists } from '@holdfast/rspamd-client';
import { gtubeMessage, plainMessage, startRspamd, type RunningRspamd } from '@holdfast/rspamd-client/testing';
import { Conversation } from './testing/conversation';
import { openPort25, type Port25 } from './testing/port-25';

// The real rspamd asks a DNS block list of ours, which has some of our own loopback addresses on it.

jest.setTimeout(60_000);

let dns: FakeDns;
let rspamd: RunningRspamd;
let port25: Port25;

const clean = '127.0.0.1';
const listed = '127.0.0.66';
/** What a list answers to somebody whom it does not serve: no word about the client. */
const turnedAway = '127.0.0.77';
/** On a list, and for a reason that the provider does not count. */
const otherReason = '127.0.0.88';

beforeAll(async () => {
  dns = await startFakeDns({
    zones: {
      '66.0.0.127.bl.lists.test': { A: ['127.0.0.2'] },
      '77.0.0.127.bl.lists.test': { A: ['127.255.255.254'] },
      '88.0.0.127.some.lists.test': { A: ['127.0.0.10'] },
      '99.0.0.127.some.lists.test': { A: ['127.0.0.5'] },
    },
  });
  rspamd = await startRspamd({
    dns: dns.server,
    blockLists: readBlockLists('bl.lists.test\nsome.lists.test 127.0.0.2 127.0.0.4-7'),
  });
  port25 = await openPort25({ HOLDFAST_SCANNING: 'on', RSPAMD_URL: rspamd.url });
});

afterAll(async () => {
  await port25?.remove();
  await rspamd?.stop();
  await dns?.close();
});

async function wish(blockList: string, rules: [string, string][] = []): Promise<void> {
  const { owner, directory } = port25;
  const { id } = (await owner.query(`select id from tenants where name = 'one'`)).rows[0];
  const before = directory.filterOf(id);
  await owner.query('begin');
  await owner.query('delete from filter_rules where tenant_id = $1', [id]);
  await owner.query('delete from tenant_filters where tenant_id = $1', [id]);
  await owner.query('insert into tenant_filters (tenant_id, block_list) values ($1, $2)', [id, blockList]);
  for (const rule of rules)
    await owner.query('insert into filter_rules (tenant_id, verdict, pattern) values ($1, $2, $3)', [
      id,
      ...rule,
    ]);
  await owner.query('commit');
  const until = Date.now() + 5_000;
  while (directory.filterOf(id) === before && Date.now() < until)
    await new Promise((resolve) => setImmediate(resolve));
}

async function hand(from: string, message = plainMessage): Promise<string> {
  const conversation = await Conversation.open(port25.port, from);
  let reply = await conversation.reply();
  for (const line of [
    'EHLO client.test',
    'MAIL FROM:<ada@sender.test>',
    'RCPT TO:<bob@open.test>',
    'DATA',
    `${message.toString().trimEnd()}\r\n.`,
  ]) {
    conversation.send(`${line}\r\n`);
    reply = await conversation.reply();
  }
  conversation.close();
  return reply;
}

it('nobody is asked about at RCPT: the list is asked while the message is looked at', async () => {
  const asked = dns.asked.length;
  expect(await hand(clean)).toMatch(/^250 2\.0\.0 /);
  expect(dns.asked.slice(asked).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['1.0.0.127.bl.lists.test', '1.0.0.127.some.lists.test']),
  );
});

it('a listed client is refused, and hears on which list it is', async () => {
  await wish('refuse');
  expect(await hand(listed)).toBe('550 5.7.1 Your server is on the block list bl.lists.test');
  expect(await hand('127.0.0.99')).toBe('550 5.7.1 Your server is on the block list some.lists.test');
  expect(port25.said.findLast(({ event }) => event === 'refused-at-data')).toMatchObject({
    reason: expect.stringMatching(/^block-list; .*HOLDFAST_LISTED_ON_SOME\.LISTS\.TEST/),
  });
});

it('or put off, or put aside with the reason, or left to the score, as its tenant chose', async () => {
  await wish('defer');
  expect(await hand(listed)).toBe('451 4.7.1 Your server is on the block list bl.lists.test');
  await wish('quarantine');
  expect(await hand(listed)).toMatch(/^250 2\.0\.0 /);
  const { id } = await port25.newest();
  expect(await port25.spool.envelope(id)).toMatchObject({
    scan: 'clean',
    quarantine: 'The sender’s server is on the block list bl.lists.test',
  });
  await wish('accept');
  expect(await hand(listed)).toMatch(/^250 2\.0\.0 /);
  expect((await port25.spool.envelope((await port25.newest()).id))?.quarantine).toBeUndefined();
  expect(await hand(listed, gtubeMessage)).toMatch(/^550 5\.7\.1 .*spam/);
});

it('whom the tenant allows gets in all the same', async () => {
  await wish('refuse', [['allow', listed]]);
  expect(await hand(listed)).toMatch(/^250 2\.0\.0 /);
});

it('an answer that is no listing, or none that counts, keeps nobody out', async () => {
  await wish('refuse');
  expect(await hand(turnedAway)).toMatch(/^250 2\.0\.0 /);
  expect(await hand(otherReason)).toMatch(/^250 2\.0\.0 /);
});

it('a list that does not answer keeps nobody out, and nobody waiting for long', async () => {
  dns.misbehave('*.bl.lists.test', 'dead');
  try {
    const began = performance.now();
    expect(await hand('127.0.0.67')).toMatch(/^250 2\.0\.0 /);
    expect(performance.now() - began).toBeLessThan(8_000);
  } finally {
    dns.misbehave('*.bl.lists.test', undefined);
  }
});
