import { createHash, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import {
  authority,
  selfSigned,
  startFakePrimary,
  type FakePrimary,
  type FakePrimaryOptions,
} from '@holdfast/fake-primary';
import type { SmtpConversation } from './smtp-conversation';
import { envelope, talkTo } from './testing/talk';
import { pinOf, type TlsDemand } from './tls-demand';

const root = authority();
const trusted = root.issue('primary.test');
const body = Buffer.from('Subject: x\r\n\r\nbody\r\n');

let primary: FakePrimary;
let conversation: SmtpConversation | undefined;
afterEach(async () => {
  conversation?.close();
  conversation = undefined;
  await primary?.close();
});

const withTls = async (tls: FakePrimaryOptions['tls'], more: FakePrimaryOptions = {}): Promise<FakePrimary> =>
  (primary = await startFakePrimary({ ...(tls ? { tls } : {}), ...more }));
const open = async (demand: TlsDemand, more: Parameters<typeof talkTo>[1] = {}): Promise<SmtpConversation> =>
  (conversation = await talkTo(
    primary.isUp ? { port: primary.port } : { port: 1 },
    { tls: demand, ...more },
    {},
    {
      secureContext: createSecureContext({ ca: root.cert }),
    },
  ));
const failure = (demand: TlsDemand) =>
  open(demand).then(
    () => 'it went through',
    (error: Error & { result?: string }) => [error.result, error.message],
  );

describe('required', () => {
  it('takes a certificate for the name, from an authority that we know', async () => {
    await withTls(trusted);
    const { encryption, where } = await open({ kind: 'certificate' });
    expect(encryption?.provenBy).toBe('certificate');
    expect(where).toMatch(/^primary\.test:\d+ \(TLSv1\.3, verified by certificate\)$/);
    await conversation?.send(envelope(['a@x.test']), [body]);
    expect(primary.received[0]?.isEncrypted).toBe(true);
  });

  it.each([
    ['nothing', undefined, 'starttls-not-supported', /does not offer STARTTLS/],
    ['its own word', selfSigned('primary.test'), 'certificate-not-trusted', /signed by nobody but itself/],
    ['a stranger', authority('Another').issue('primary.test'), 'certificate-not-trusted', /self|authority/],
    [
      'another name',
      root.issue('other.test'),
      'certificate-host-mismatch',
      /for other\.test, not for primary\.test/,
    ],
    ['the past', root.issue('primary.test', -3), 'certificate-expired', /expired on \d{4}-/],
  ])('refuses a server that shows %s', async (_what, tls, result, words) => {
    await withTls(tls);
    expect(await failure({ kind: 'certificate' })).toEqual([result, expect.stringMatching(words)]);
  });

  it('refuses a server that fails at TLS', async () => {
    await withTls(trusted, { isTlsBroken: true });
    expect(await failure({ kind: 'certificate' })).toEqual([
      'validation-failure',
      expect.stringMatching(/handshake failed/),
    ]);
  });
});

describe('opportunistic', () => {
  it('takes what there is, and says what it was worth', async () => {
    await withTls(selfSigned('primary.test'));
    const { encryption } = await open({ kind: 'opportunistic' });
    expect([encryption?.provenBy, encryption?.doubt?.result]).toEqual([undefined, 'certificate-not-trusted']);
    conversation?.close();
    await primary.close();
    await withTls(undefined);
    expect((await open({ kind: 'opportunistic' })).encryption).toBeUndefined();
  });
});

describe('pinned', () => {
  it('takes the key that was pinned, whoever signed it, and no other', async () => {
    const tls = selfSigned('whatever.test', -3);
    await withTls(tls);
    const pin = pinOf(new X509Certificate(tls.cert));
    expect((await open({ kind: 'pinned', pins: ['00', pin] })).encryption?.provenBy).toBe('pin');
    expect(await failure({ kind: 'pinned', pins: ['00'] })).toEqual([
      'pin-mismatch',
      `TLS failed: the server's key is not the pinned one (it is sha256:${pin})`,
    ]);
  });
});

describe('DANE', () => {
  const sha256 = (data: Buffer): Buffer => createHash('sha256').update(data).digest();
  const record = (usage: number, cert: string, selector = 1) => {
    const certificate = new X509Certificate(cert);
    const data = selector === 1 ? Buffer.from(pinOf(certificate), 'hex') : sha256(certificate.raw);
    return { usage, selector, matchingType: 1, data };
  };

  it('takes the very certificate of a TLSA record, whatever its name and date (RFC 7672 section 3.1.1)', async () => {
    const tls = selfSigned('whatever.test', -3);
    await withTls(tls);
    for (const selector of [0, 1])
      expect(
        (await open({ kind: 'dane', records: [record(3, trusted.cert), record(3, tls.cert, selector)] }))
          .encryption,
      ).toMatchObject({ provenBy: 'dane' });
    expect(await failure({ kind: 'dane', records: [record(3, trusted.cert)] })).toEqual([
      'tlsa-invalid',
      expect.stringMatching(/not the one in the TLSA records/),
    ]);
  });

  it('takes what an authority of a TLSA record signed, for the right name and in time (section 3.1.2)', async () => {
    await withTls(trusted);
    const records = [record(2, root.cert, 0)];
    expect((await open({ kind: 'dane', records })).encryption?.provenBy).toBe('dane');
    conversation?.close();
    await primary.close();
    await withTls(root.issue('other.test'));
    expect(await failure({ kind: 'dane', records })).toEqual([
      'certificate-host-mismatch',
      expect.anything(),
    ]);
    await primary.close();
    await withTls(root.issue('primary.test', -3));
    expect(await failure({ kind: 'dane', records })).toEqual(['certificate-expired', expect.anything()]);
  });

  it('takes no authority that only stands in the chain', async () => {
    // A stranger's certificate, with the pinned authority's laid beside it.
    const stranger = authority('Another').issue('primary.test');
    await withTls({ key: stranger.key, cert: stranger.cert + root.cert });
    expect(await failure({ kind: 'dane', records: [record(2, root.cert, 0)] })).toEqual([
      'tlsa-invalid',
      expect.anything(),
    ]);
  });

  it('takes no record that means nothing between mail servers', async () => {
    await withTls(trusted);
    expect(await failure({ kind: 'dane', records: [record(1, trusted.cert)] })).toEqual([
      'tlsa-invalid',
      expect.stringMatching(/no usage/),
    ]);
  });
});

describe('a login', () => {
  const login = { user: 'relay', secret: 'p\u00e4ss\0word'.replace('\0', '') };

  it.each([['AUTH PLAIN LOGIN'], ['AUTH LOGIN']])(
    'is given by %s to a server that has proven who it is',
    async (auth) => {
      await withTls(trusted, { extensionsOverTls: [auth], login });
      await open({ kind: 'certificate' }, { login });
      await conversation?.send(envelope(['a@x.test']), [body]);
      expect(primary.received[0]?.user).toBe('relay');
    },
  );

  it('is not given to a server that only DNS names, whatever its certificate', async () => {
    await withTls(trusted, { extensionsOverTls: ['AUTH PLAIN'], login });
    await expect(open({ kind: 'certificate' }, { login, isNameTrusted: false })).rejects.toThrow(
      /has not proven who it is/,
    );
  });

  it('is given to nobody else', async () => {
    await withTls(selfSigned('primary.test'), { extensionsOverTls: ['AUTH PLAIN'], login });
    await expect(open({ kind: 'opportunistic' }, { login })).rejects.toThrow(/has not proven who it is/);
    await expect(open({ kind: 'none' }, { login })).rejects.toThrow(/has not proven who it is/);
  });

  it('that is wrong is told in the server\u2019s words, without ours', async () => {
    await withTls(trusted, { extensionsOverTls: ['AUTH PLAIN'], login: { ...login, secret: 'other' } });
    await expect(open({ kind: 'certificate' }, { login })).rejects.toThrow(
      /^the server refuses our login: 535 5\.7\.8 Error: authentication failed$/,
    );
  });
});

describe('REQUIRETLS (RFC 8689)', () => {
  const wish = envelope(['a@x.test'], { requireTls: true });

  it('goes to a server that has proven who it is and keeps to it', async () => {
    await withTls(trusted, { extensionsOverTls: ['REQUIRETLS'] });
    await open({ kind: 'certificate' });
    await conversation?.send(wish, [body]);
    expect(primary.received[0]?.mailParameters).toMatch(/ REQUIRETLS$/);
  });

  it.each([
    ['has not proven who it is', selfSigned('primary.test'), ['REQUIRETLS']],
    ['does not offer to keep to that', trusted, []],
  ])('waits for one that %s', async (words, tls, extensionsOverTls) => {
    await withTls(tls, { extensionsOverTls });
    await open({ kind: 'opportunistic' });
    const [answer] = (await conversation?.send(wish, [body])) ?? [];
    expect(answer?.reply).toContain(words);
    expect(primary.count).toBe(0);
  });
});
