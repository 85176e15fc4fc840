import { startFakeDns, type FakeDns } from '@holdfast/fake-dns';
import { blockListOf, RspamdClient } from '@holdfast/rspamd-client';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { System } from './system';

// What a provider writes into block-lists.conf is what the rspamd of `npm start` asks, also where nothing else on the Internet answers.

let dns: FakeDns;
let system: System;
let rspamd: RspamdClient;

beforeAll(async () => {
  dns = await startFakeDns({ zones: { '66.2.0.192.bl.lists.test': { A: ['127.0.0.2'] } } });
  system = await System.start(
    { HOLDFAST_DNS_SERVERS: dns.server },
    { 'block-lists.conf': '# ours\nbl.lists.test 127.0.0.2\n' },
  );
  const parts = await readFile(join(system.dataDir, 'rspamd/parts.conf'), 'utf8');
  const port = /worker "normal" \{\s+bind_socket = "127\.0\.0\.1:(\d+)"/.exec(parts)?.[1];
  rspamd = new RspamdClient({ url: `http://127.0.0.1:${port}`, timeoutMs: 8_000 });
});

afterAll(async () => {
  rspamd?.close();
  await system?.stop();
  await dns?.close();
});

const listOf = async (clientAddress: string): Promise<string | undefined> =>
  blockListOf(
    await rspamd.check(
      { clientAddress, sender: 'ada@sender.test', recipients: ['bob@held.test'] },
      Buffer.from('From: ada@sender.test\r\nSubject: one\r\n\r\ntext\r\n'),
    ),
  );

it('a client that is on the list, and no other', async () => {
  expect(await listOf('192.0.2.66')).toBe('bl.lists.test');
  expect(await listOf('192.0.2.67')).toBeUndefined();
  const asked = new Set(dns.asked.map(({ name }) => name.split('.').slice(-3).join('.')));
  expect([...asked].filter((name) => /spamhaus|mailspike|surbl/.test(name))).toEqual([]);
});

it('a file that is wrong stops the start and names its line', async () => {
  await expect(System.start({}, { 'block-lists.conf': 'bl.lists.test\nnonsense\n' })).rejects.toThrow(
    /block-lists\.conf, line 2: \\?"nonsense\\?" is no zone/,
  );
});
