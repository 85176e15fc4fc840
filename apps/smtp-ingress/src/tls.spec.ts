import { X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type SecureVersion, type TLSSocket } from 'node:tls';
import { makeCertificate } from './certificate';
import { healthOf } from './health';
import { Conversation } from './testing/conversation';
import { openPort25, ourName, type Port25 } from './testing/port-25';
import { play } from './testing/transcript';

let port25: Port25;
let directory: string;

const now = new Date();
const put = async (file: string, text: string): Promise<void> => writeFile(join(directory, file), text);

/** A certificate in the form of a pair. @returns its fingerprint */
const putPair = async (name: string, host: string, from = now): Promise<string> => {
  const { key, cert } = makeCertificate(host, from);
  await put(`${name}.key`, key);
  await put(`${name}.crt`, cert);
  return new X509Certificate(cert).fingerprint256;
};

const secured = async (servername?: string): Promise<Conversation> => {
  const conversation = await Conversation.open(port25.port);
  await conversation.reply();
  conversation.send('STARTTLS\r\n');
  expect(await conversation.reply()).toMatch(/^220 2\.0\.0/);
  await conversation.secure(servername);
  return conversation;
};

const served = async (servername?: string): Promise<{ names: string | undefined; fingerprint: string }> => {
  const conversation = await secured(servername);
  const certificate = (conversation.socket as TLSSocket).getPeerX509Certificate();
  conversation.close();
  return { names: certificate?.subjectAltName, fingerprint: certificate?.fingerprint256 ?? '' };
};

/** Looks again until it is so; every look is a whole handshake. */
const until = async (isSo: () => Promise<boolean> | boolean): Promise<void> => {
  const end = Date.now() + 10_000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error('not in time');
    await served();
  }
};

const said = (event: string) => port25.said.filter((line) => line['event'] === event);
const reasons = (): string[] => healthOf(port25).reasons.filter((reason) => reason.includes('certificate'));

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdfast-tls-'));
});

afterEach(async () => {
  await port25?.remove();
  await rm(directory, { recursive: true, force: true });
});

it('each name has its certificate, in whatever form it lies there', async () => {
  await putPair('ours', ourName);
  const mx1 = makeCertificate('mx1.provider.test', now);
  await put('mx1.pem', mx1.key + mx1.cert);
  const mx2 = makeCertificate('*.mx2.provider.test', now);
  await mkdir(join(directory, 'mx2'));
  await put('mx2/fullchain.pem', mx2.cert);
  await put('mx2/privkey.pem', mx2.key);
  port25 = await openPort25({ HOLDFAST_TLS_DIR: directory });
  expect((await served('mx1.provider.test')).names).toBe('DNS:mx1.provider.test');
  expect((await served('MX1.Provider.test')).names).toBe('DNS:mx1.provider.test');
  expect((await served('eu.mx2.provider.test')).names).toBe('DNS:*.mx2.provider.test');
  for (const other of ['a.eu.mx2.provider.test', 'mx2.provider.test', 'stranger.test', ourName, undefined])
    expect((await served(other)).names).toBe(`DNS:${ourName}`);
  expect(reasons()).toEqual([]);
});

it('a changed certificate is used from the next handshake on, and nobody is cut off', async () => {
  const first = await putPair('ours', ourName);
  port25 = await openPort25({ HOLDFAST_TLS_DIR: directory });
  const session = await secured();
  expect((await served()).fingerprint).toBe(first);
  const second = await putPair('ours', ourName, new Date(now.getTime() + 1000));
  await until(async () => (await served()).fingerprint === second);
  session.send('EHLO client.test\r\n');
  expect(await session.reply()).toContain('REQUIRETLS');
  session.close();
  const third = await putPair('another', 'mx3.provider.test');
  await until(async () => (await served('mx3.provider.test')).fingerprint === third);
  await unlink(join(directory, 'another.crt'));
  await until(async () => (await served('mx3.provider.test')).fingerprint === second);
  expect(said('certificate-gone').at(-1)).toMatchObject({ file: 'another.crt' });
}, 30_000);

it.each([
  ['no certificate', 'ours.crt', () => 'nonsense', 'the certificate cannot be read'],
  ['no key', 'ours.key', () => 'nonsense', 'the key cannot be read'],
  [
    'the key of another',
    'ours.key',
    () => makeCertificate(ourName, now).key,
    'the key does not belong to the certificate',
  ],
])(
  '%s leaves the former one in force, and log and health say so',
  async (_what, file, text, fault) => {
    const first = await putPair('ours', ourName);
    port25 = await openPort25({ HOLDFAST_TLS_DIR: directory });
    await put(file, text());
    await until(() => said('certificate-broken').length > 0);
    expect(said('certificate-broken')).toEqual([
      expect.objectContaining({ level: 'warn', file: 'ours.crt', error: fault }),
    ]);
    expect(reasons()).toEqual([`The certificate ours.crt is broken (${fault}); the one from before is used`]);
    expect(healthOf(port25).isReady).toBe(true);
    expect((await served()).fingerprint).toBe(first);
    const mended = await putPair('ours', ourName, new Date(now.getTime() + 1000));
    await until(async () => (await served()).fingerprint === mended);
    expect(reasons()).toEqual([]);
  },
  30_000,
);

it('without any, or with none that is whole, the self-made one serves', async () => {
  await put('ours.crt', 'nonsense');
  await put('ours.key', 'nonsense');
  port25 = await openPort25({ HOLDFAST_TLS_DIR: directory });
  expect((await served('mx1.provider.test')).names).toBe(`DNS:${ourName}`);
  expect(reasons()).toEqual([
    'The certificate ours.crt is broken (the certificate cannot be read); it is not used',
  ]);
});

it('one that has ended serves on, and health says so', async () => {
  await putPair('ours', ourName, new Date('2010-01-01T00:00:00Z'));
  port25 = await openPort25({ HOLDFAST_TLS_DIR: directory });
  expect(reasons()).toEqual([expect.stringMatching(/^The certificate ours\.crt ended on 2019-12-/)]);
});

describe('STARTTLS', () => {
  it.each<[SecureVersion, boolean]>([
    ['TLSv1', false],
    ['TLSv1.1', false],
    ['TLSv1.2', true],
    ['TLSv1.3', true],
  ])('%s: %s', async (version, isTaken) => {
    port25 = await openPort25();
    const conversation = await Conversation.open(port25.port);
    await conversation.reply();
    conversation.send('STARTTLS\r\n');
    await conversation.reply();
    conversation.socket.removeAllListeners('data');
    const secure = connectTls({
      socket: conversation.socket,
      rejectUnauthorized: false,
      minVersion: version,
      maxVersion: version,
      // Our own OpenSSL would not even ask for the old ones at its usual level.
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    const heard = await new Promise<string>((resolve) => {
      secure.once('secureConnect', () => resolve(secure.getProtocol() ?? ''));
      secure.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
    secure.destroy();
    if (isTaken) expect(heard).toBe(version);
    else expect(heard).toMatch(/ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/);
  });

  it('what was sent in plain behind it is not heard, and nothing from before counts', async () => {
    port25 = await openPort25();
    await play(
      port25.port,
      `S: 220 ...
       C: EHLO client.test
       S: 250 ...
       C: STARTTLS now
       S: 501 5.5.4 ...
       C: MAIL FROM:<a@b.test>
       S: 250 ...
       C: STARTTLS
       S: 220 2.0.0 ...
       TLS mx.test
       C: RCPT TO:<x@open.test>
       S: 503 5.5.1 ...
       C: EHLO client.test
       S: 250-mx.holdfast.test
       S: 250-PIPELINING
       S: 250-8BITMIME
       S: 250-SMTPUTF8
       S: 250-ENHANCEDSTATUSCODES
       S: 250-DSN
       S: 250-ETRN
       S: 250-REQUIRETLS
       S: 250 SIZE 1000000
       C: STARTTLS
       S: 503 5.5.1 ...
       C: RCPT TO:<x@open.test>
       S: 503 5.5.1 ...`,
    );
    const injected = await Conversation.open(port25.port);
    await injected.reply();
    injected.send('STARTTLS\r\nEHLO evil.test\r\nMAIL FROM:<evil@b.test>\r\n');
    expect(await injected.reply()).toMatch(/^220 /);
    await injected.secure();
    injected.send('NOOP\r\n');
    expect(await injected.reply()).toBe('250 2.0.0 OK');
    injected.close();
  });

  it('a handshake that fails ends one connection and nothing else', async () => {
    port25 = await openPort25();
    const conversation = await Conversation.open(port25.port);
    await conversation.reply();
    conversation.send('STARTTLS\r\n');
    await conversation.reply();
    conversation.send('EHLO this is no TLS\r\n');
    expect(await conversation.reply()).toBe('closed');
    await play(port25.port, 'S: 220 ...\nC: QUIT\nS: 221 ...');
  });
});

it('REQUIRETLS is offered over TLS alone, kept with the message, and refused where there is no such way', async () => {
  port25 = await openPort25();
  await port25.owner.query(
    `insert into primaries (tenant_id, domain_id, host, tls_policy)
     select tenant_id, id, 'mx.' || name, case name when 'other.test' then 'none' else 'required' end from domains
     where name in ('open.test', 'other.test')`,
  );
  while (port25.directory.find('other.test')?.primaries.length !== 1)
    await new Promise((resolve) => setImmediate(resolve));
  await play(
    port25.port,
    `S: 220 ...
     C: EHLO client.test
     S: 250 ...
     C: MAIL FROM:<a@b.test> REQUIRETLS
     S: 530 5.7.0 ...
     C: STARTTLS
     S: 220 ...
     TLS
     C: EHLO client.test
     S: 250 ...
     C: MAIL FROM:<a@b.test> REQUIRETLS=yes
     S: 501 5.5.4 ...
     C: MAIL FROM:<a@b.test> REQUIRETLS
     S: 250 2.1.0 ...
     C: RCPT TO:<x@other.test>
     S: 550 5.7.30 The mail server of other.test takes no TLS, ...
     C: RCPT TO:<x@open.test>
     S: 250 2.1.5 ...
     C: DATA
     S: 354 ...
     C: Subject: x
     C:
     C: .
     S: 250 2.0.0 ...`,
  );
  const { id } = await port25.newest();
  expect(await port25.spool.envelope(id)).toMatchObject({ requireTls: true });
  await port25.stop();
  const { rows } = await port25.owner.query('select require_tls from messages where id = $1', [id]);
  expect(rows).toEqual([{ require_tls: true }]);
});
