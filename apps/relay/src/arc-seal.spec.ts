import { mkdtemp, rm, stat } from 'node:fs/promises';
import { Resolver } from 'node:dns/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog } from '@holdfast/daemon';
import { LookUp } from '@holdfast/directory';
import { startFakeDns, type FakeDns } from '@holdfast/fake-dns';
import { authenticate } from 'mailauth';
import { ArcKey } from './arc-key';
import { ArcSeal } from './arc-seal';
import { linesAbove } from './lines-above';
import type { ClaimedDelivery } from '@holdfast/queue';

let folder: string;
let dns: FakeDns;
let keys: ArcKey[] = [];
const resolver = new Resolver();
const resolveKeys = (name: string): Promise<string[][]> => resolver.resolveTxt(name);
const log = openLog('relay', 'error', { write: () => undefined });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-arc-'));
  dns = await startFakeDns();
  resolver.setServers([dns.server]);
});
afterEach(async () => {
  for (const key of keys) key.close();
  keys = [];
  await dns.close();
  await rm(folder, { recursive: true, force: true });
});

async function keyOf(domain: string, isPublished = true): Promise<ArcKey> {
  const key = await ArcKey.open(join(folder, 'keys', `${domain}.pem`), domain, new LookUp([dns.server]));
  keys.push(key);
  if (isPublished) dns.set(key.record.name, { TXT: [key.record.value] });
  await key.watch();
  return key;
}
const sealer = (key: ArcKey, ourName = key.domain) => new ArcSeal(key, ourName, resolveKeys, log);

const message = Buffer.from(
  [
    'Received: from elsewhere.test by mx.holdfast.test;',
    '\tWed, 25 Nov 2026 11:00:00 +0000',
    'Authentication-Results: mx.holdfast.test;',
    '\tspf=pass smtp.mailfrom=a@elsewhere.test;',
    '\tdkim=pass header.d=elsewhere.test',
    'X-Holdfast-Scan: clean',
    'From: a@elsewhere.test',
    'To: b@held.test',
    'Subject: sealed',
    'Date: Wed, 25 Nov 2026 11:00:00 +0000',
    'Message-ID: <1@elsewhere.test>',
    '',
    '.dots and \u00fcml\u00e4uts',
    '',
  ].join('\r\n'),
);
const check = async (sealed: Buffer) => {
  const { arc } = await authenticate(sealed, {
    ip: '192.0.2.1',
    helo: 'mx.holdfast.test',
    mta: 'primary.test',
    sender: 'a@elsewhere.test',
    resolver: resolveKeys,
    disableDmarc: true,
    disableBimi: true,
  });
  return arc || { status: { result: 'none' }, i: 0 };
};

it('is a seal that others can check, over what we found when the message came', async () => {
  const key = await keyOf('mx.holdfast.test');
  const lines = await sealer(key).seal('id', message);
  const sealed = Buffer.concat([lines as Buffer, message]);
  expect(await check(sealed)).toMatchObject({ status: { result: 'pass' }, i: 1 });
  expect(String(lines)).toMatch(
    /^ARC-Seal: [^]*^ARC-Message-Signature: [^]*^ARC-Authentication-Results: i=1; mx\.holdfast\.test;/m,
  );
  expect(String(lines)).toMatch(/dkim=pass header\.d=elsewhere\.test/);
  expect(sealed.subarray(-message.length).equals(message)).toBe(true);
  const changed = Buffer.from(sealed.toString('latin1').replace('.dots', '.dotz'), 'latin1');
  expect((await check(changed)).status.result).toBe('fail');
});

it('goes on with a chain that holds, and adds nothing to one that does not', async () => {
  const forwarder = await keyOf('forwarder.test');
  const ours = await keyOf('mx.holdfast.test');
  const forwarded = Buffer.concat([(await sealer(forwarder).seal('id', message)) as Buffer, message]);
  const lines = await sealer(ours).seal('id', forwarded);
  expect(String(lines)).toMatch(/cv=pass/);
  expect(await check(Buffer.concat([lines as Buffer, forwarded]))).toMatchObject({
    status: { result: 'pass' },
    i: 2,
  });
  const broken = Buffer.from(forwarded.toString('latin1').replace('.dots', '.dotz'), 'latin1');
  expect(await sealer(ours).seal('id', broken)).toBeUndefined();
});

it('waits until its key is published, and is the same after a restart', async () => {
  const key = await keyOf('mx.holdfast.test', false);
  expect(key.record.isPublished).toBe(false);
  expect(await sealer(key).seal('id', message)).toBeUndefined();
  dns.set(key.record.name, { TXT: ['v=DKIM1; k=rsa; p=AAAA'] });
  await key.watch();
  expect(key.record.isPublished).toBe(false);
  dns.set(key.record.name, { TXT: [key.record.value.replace('p=', 'p= ')] });
  await key.watch();
  expect(key.record.isPublished).toBe(true);
  const again = await keyOf('mx.holdfast.test');
  expect(again.record).toEqual(key.record);
  expect((await stat(join(folder, 'keys', 'mx.holdfast.test.pem'))).mode & 0o777).toBe(0o600);
  // DNS that says nothing says nothing about the record either.
  dns.misbehave('*', 'servfail');
  await key.watch();
  expect(key.record.isPublished).toBe(true);
});

it('stands above what a late scan said, and only where the tenant wants it', async () => {
  const key = await keyOf('mx.holdfast.test');
  const unscanned = Buffer.from(
    message.toString().replace('X-Holdfast-Scan: clean', 'X-Holdfast-Scan: unscanned'),
  );
  const delivery = { messageId: 'id', domainId: 'd' } as ClaimedDelivery;
  const above = async (isSealed: boolean, scan: string, body: Buffer) =>
    String(
      Buffer.concat(
        await linesAbove({ arcSeal: () => sealer(key), isSealed: () => isSealed }, delivery, scan, body),
      ),
    );
  expect(await above(true, 'clean', message)).toMatch(/^ARC-Seal/);
  expect(await above(false, 'clean', message)).toBe('');
  expect(await above(false, 'clean', unscanned)).toBe('X-Holdfast-Late-Scan: clean\r\n');
  expect(await above(false, 'spam', unscanned)).toBe('X-Spam-Flag: YES\r\nX-Holdfast-Late-Scan: spam\r\n');
  expect(await above(false, 'unscanned', unscanned)).toBe('');
});
