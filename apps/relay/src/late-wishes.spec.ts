import { jest } from '@jest/globals';
import { openLog } from '@holdfast/daemon';
import { throwAwayDatabase, type ThrowAwayDatabase } from '@holdfast/database/testing';
import { defaultFilter, type TenantFilter } from '@holdfast/directory';
import { startFakeDns, type FakeDns } from '@holdfast/fake-dns';
import { newMessageId } from '@holdfast/mail';
import { openPool, type ClaimedDelivery } from '@holdfast/queue';
import { readBlockLists } from '@holdfast/rspamd-client';
import { plainMessage, startRspamd, type RunningRspamd } from '@holdfast/rspamd-client/testing';
import type pg from 'pg';
import { LateScan } from './late-scan';

// What a tenant wishes holds for mail that is scanned late too; but its sender has gone and can hear no no.

jest.setTimeout(60_000);

let database: ThrowAwayDatabase;
let pool: pg.Pool;
let dns: FakeDns;
let rspamd: RunningRspamd;
let scan: LateScan;
let filter: TenantFilter;

beforeAll(async () => {
  database = await throwAwayDatabase();
  pool = openPool({ url: database.urlAs('relay'), program: 'spec' });
  dns = await startFakeDns({ zones: { '66.0.0.127.bl.lists.test': { A: ['127.0.0.2'] } } });
  rspamd = await startRspamd({ dns: dns.server, blockLists: readBlockLists('bl.lists.test') });
  scan = new LateScan(rspamd.url, pool, openLog('relay', 'error'), () => filter);
});

afterAll(async () => {
  scan?.close();
  await rspamd?.stop();
  await dns?.close();
  await pool?.end();
  await database?.drop();
});

beforeEach(() => {
  filter = defaultFilter;
});

const from = (clientAddress: string, sender = 'ada@sender.test'): ClaimedDelivery[] => [
  {
    id: newMessageId(),
    messageId: newMessageId(),
    tenantId: newMessageId(),
    domainId: newMessageId(),
    recipient: 'bob@held.test',
    sender,
    bytes: plainMessage.length,
    attempts: 0,
    receivedAt: new Date(),
    expiresAt: new Date(Date.now() + 86_400_000),
    scan: 'unscanned',
    clientAddress,
    clientName: null,
    helo: null,
    isSmtpUtf8: false,
    requireTls: false,
    envelopeId: null,
    ret: null,
    notify: null,
    originalRecipient: null,
  },
];

it('delivers what nobody minds', async () => {
  expect(await scan.ask(from('127.0.0.1'), plainMessage)).toEqual({ kind: 'clean', scan: 'clean' });
});

it('puts aside what came from a server on a block list, refused or put off alike', async () => {
  const bad = {
    kind: 'bad',
    scan: 'clean',
    reason: 'The sender’s server is on the block list bl.lists.test',
  };
  for (const blockList of ['refuse', 'defer', 'quarantine'] as const) {
    filter = { ...defaultFilter, blockList };
    expect(await scan.ask(from('127.0.0.66'), plainMessage)).toEqual(bad);
  }
});

it('delivers it where the list is of no matter, or the sender is allowed', async () => {
  filter = { ...defaultFilter, blockList: 'accept' };
  expect(await scan.ask(from('127.0.0.66'), plainMessage)).toMatchObject({ kind: 'clean' });
  filter = { ...defaultFilter, allow: ['127.0.0.66'] };
  expect(await scan.ask(from('127.0.0.66'), plainMessage)).toMatchObject({ kind: 'clean' });
});

it('puts aside who is blocked, and who claims to be in the held domain itself', async () => {
  filter = { ...defaultFilter, block: ['sender.test'] };
  expect(await scan.ask(from('127.0.0.1'), plainMessage)).toMatchObject({
    kind: 'bad',
    reason: 'The sender is on your block list',
  });
  filter = { ...defaultFilter, ownDomain: 'refuse' };
  expect(await scan.ask(from('127.0.0.1', 'alice@held.test'), plainMessage)).toMatchObject({
    kind: 'bad',
    reason: 'The sender claims to be in your domain and cannot show it',
  });
});
