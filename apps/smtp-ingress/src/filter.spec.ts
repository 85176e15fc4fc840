import { jest } from '@jest/globals';
import { startFakeDns, type FakeDns } from '@holdfast/fake-dns';
import {
  gtubeMessage,
  infectedMessage,
  plainMessage,
  startClamav,
  startRedis,
  startRspamd,
  zippedInfectedMessage,
  type RunningHelper,
  type RunningRspamd,
} from '@holdfast/rspamd-client/testing';
import { dkimSign } from 'mailauth/lib/dkim/sign.js';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { openPort25, type Port25 } from './testing/port-25';
import { play } from './testing/transcript';

jest.setTimeout(60_000);

let dns: FakeDns;
let clamav: RunningHelper;
let redis: RunningHelper;
let rspamd: RunningRspamd;
let port25: Port25;

const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

beforeAll(async () => {
  dns = await startFakeDns({
    zones: {
      'sender.test': { TXT: ['v=spf1 ip4:127.0.0.0/8 -all'] },
      'key._domainkey.sender.test': { TXT: [`v=DKIM1; k=rsa; p=${keys.publicKey.toString('base64')}`] },
      '_dmarc.sender.test': { TXT: ['v=DMARC1; p=reject'] },
      'friend.test': { TXT: ['v=spf1 ip4:127.0.0.0/8 -all'] },
      'silent.test': {},
      'elsewhere.test': { TXT: ['v=spf1 ip4:192.0.2.1 -all'] },
    },
  });
  clamav = await startClamav();
  redis = await startRedis();
  rspamd = await startRspamd({
    dns: dns.server,
    clamavPort: clamav.port,
    redisPort: redis.port,
    // A word that is just doubtful enough for the grey list, without the rules that come and go with rspamd's versions.
    more: `regexp { DOUBTFUL { re = "Subject=/doubtful/H"; score = 9.0; } }
actions { greylist = 9; add_header = 12; }`,
  });
  port25 = await openPort25({ HOLDFAST_SCANNING: 'on', RSPAMD_URL: rspamd.url });
});

afterAll(async () => {
  await port25?.remove();
  await rspamd?.stop();
  await redis?.stop();
  await clamav?.stop();
  await dns?.close();
});

const spoken = (message: Buffer): string =>
  message
    .toString('latin1')
    .trimEnd()
    .split('\r\n')
    .map((line) => `C: ${line}`)
    .join('\n');

const hand = (message: Buffer, reply: string, sender = 'ada@sender.test'): Promise<void> =>
  play(
    port25.port,
    `S: 220 ...
     C: EHLO client.test
     S: 250 ...
     C: MAIL FROM:<${sender}>
     S: 250 2.1.0 ...
     C: RCPT TO:<bob@open.test>
     S: 250 2.1.5 ...
     C: DATA
     S: 354 ...
${spoken(message)}
     C: .
     S: ${reply}`,
  );

const sign = async (message: Buffer): Promise<Buffer> => {
  const key = { signingDomain: 'sender.test', selector: 'key', privateKey: keys.privateKey };
  const { signatures } = await dkimSign(message, {
    ...key,
    signatureData: [key],
  });
  return Buffer.concat([Buffer.from(signatures), message]);
};

/** What the envelope of the newest message says, and by now Postgres. */
const symbolsKept = async (): Promise<string[]> => {
  const { id } = await port25.newest();
  const inSpool = Object.keys((await port25.spool.envelope(id))?.symbols ?? {});
  let rows: { symbols: object }[] = [];
  while (rows.length === 0)
    ({ rows } = await port25.owner.query('select symbols from messages where id = $1', [id]));
  expect(Object.keys(rows[0]?.symbols ?? {}).sort()).toEqual([...inSpool].sort());
  return inSpool;
};

const storedResults = async (): Promise<string> =>
  /^Authentication-Results: [^]*?\r\n(?![ \t])/m.exec((await port25.newest()).body)?.[0] ?? '';

describe('what is refused while its sender is there', () => {
  it('spam', () => hand(gtubeMessage, '550 5.7.1 ...'));
  it('malware', () => hand(infectedMessage, '550 5.7.1 ...malware...'));
  it('malware in an archive', () => hand(zippedInfectedMessage, '550 5.7.1 ...malware...'));
  // With a text and a sender of its own: the grey list remembers both.
  it('the doubtful, for now', () => {
    const text = plainMessage
      .toString()
      .replaceAll('sender.test', 'doubt.test')
      .replace('Minutes', 'doubtful minutes')
      .replace('here', 'there');
    return hand(Buffer.from(text), '451 4.7.1 ...', 'ada@doubt.test');
  });
  it('who was put off is remembered, in Redis', async () => {
    const asked = connect(redis.port, '127.0.0.1');
    asked.write('KEYS *\r\n');
    const [keys] = (await once(asked, 'data')) as [Buffer];
    asked.destroy();
    expect(Number(/^\*(\d+)/.exec(keys.toString())?.[1])).toBeGreaterThan(0);
  });
  it('and none of it is stored', () => expect(port25.spool.list(undefined, 10)).toEqual([]));
});

describe('who sent it', () => {
  it('SPF passes, nothing is signed', async () => {
    await hand(plainMessage, '250 2.0.0 ...');
    expect(await storedResults()).toMatch(/spf=pass smtp\.mailfrom=ada@sender\.test/);
    expect(await symbolsKept()).toEqual(expect.arrayContaining(['R_SPF_ALLOW', 'R_DKIM_NA']));
  });

  it('SPF fails', async () => {
    const text = plainMessage.toString().replaceAll('sender.test', 'elsewhere.test');
    await hand(Buffer.from(text), '250 2.0.0 ...', 'ada@elsewhere.test');
    expect(await storedResults()).toMatch(/spf=fail smtp\.mailfrom=ada@elsewhere\.test/);
    expect(await symbolsKept()).toContain('R_SPF_FAIL');
  });

  it('DKIM passes', async () => {
    await hand(await sign(plainMessage), '250 2.0.0 ...');
    expect(await storedResults()).toMatch(
      /dkim=pass header\.d=sender\.test[^]*dmarc=pass header\.from=sender\.test/,
    );
    expect(await symbolsKept()).toEqual(expect.arrayContaining(['R_DKIM_ALLOW', 'DMARC_POLICY_ALLOW']));
  });

  it('DKIM fails when a word has changed', async () => {
    const changed = (await sign(plainMessage)).toString().replace('here they are', 'here you are');
    await hand(Buffer.from(changed), '250 2.0.0 ...');
    expect(await storedResults()).toMatch(/dkim=fail/);
    expect(await symbolsKept()).toContain('R_DKIM_REJECT');
  });

  it('DMARC fails when SPF passes for another domain than that in From', async () => {
    await hand(plainMessage, '250 2.0.0 ...', 'ada@friend.test');
    expect(await storedResults()).toMatch(
      /spf=pass smtp\.mailfrom=ada@friend\.test[^]*dmarc=fail header\.from=sender\.test/,
    );
    expect(await symbolsKept()).toEqual(expect.arrayContaining(['R_SPF_ALLOW', 'DMARC_POLICY_REJECT']));
  });

  it('a domain that says nothing of itself', async () => {
    const text = plainMessage.toString().replaceAll('sender.test', 'silent.test');
    await hand(Buffer.from(text), '250 2.0.0 ...', 'ada@silent.test');
    expect(await storedResults()).toMatch(/spf=none[^]*dkim=none[^]*dmarc=none/);
  });

  it('a name server that does not answer: a passing doubt, no refusal', async () => {
    dns.misbehave('lame.test', 'servfail');
    const text = plainMessage.toString().replaceAll('sender.test', 'lame.test');
    await hand(Buffer.from(text), '250 2.0.0 ...', 'ada@lame.test');
    expect(await storedResults()).toMatch(/spf=temperror/);
  });
});
