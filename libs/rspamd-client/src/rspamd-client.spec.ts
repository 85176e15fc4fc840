import { jest } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { RspamdClient, ScanUnavailable } from './index';
import { gtubeMessage, plainMessage, startRspamd, type RunningRspamd } from './testing';

jest.setTimeout(40_000);

const envelope = {
  clientAddress: '192.0.2.1',
  helo: 'client.test',
  sender: 'ada@sender.test',
  recipients: ['bob@domain.test'],
  queueId: '0197',
  tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
};

describe('with rspamd', () => {
  let rspamd: RunningRspamd;
  let client: RspamdClient;

  beforeAll(async () => {
    rspamd = await startRspamd();
    client = new RspamdClient({ url: rspamd.url, timeoutMs: 10_000 });
  });

  afterAll(async () => {
    client?.close();
    await rspamd?.stop();
  });

  it('lets an ordinary mail pass', async () => {
    const verdict = await client.check(envelope, plainMessage);
    expect(verdict.action).toBe('no action');
    expect(verdict.isInfected).toBe(false);
    expect(verdict.symbols.length).toBeGreaterThan(3);
  });

  it('advises to reject GTUBE, handed over in parts', async () => {
    const verdict = await client.check(envelope, [gtubeMessage.subarray(0, 100), gtubeMessage.subarray(100)]);
    expect(verdict).toMatchObject({ action: 'reject', messages: { smtp_message: 'Gtube pattern' } });
  });

  it('carries addresses that are not ASCII, and cuts what could end a header', async () => {
    const odd = { ...envelope, sender: 'jürgen@müller.test', helo: 'x\r\nFrom: <y>' };
    expect((await client.check(odd, plainMessage)).action).toBe('add header');
  });

  it('takes the null sender and a thousand recipients', async () => {
    const many = {
      ...envelope,
      sender: '',
      recipients: Array.from({ length: 1000 }, (_, n) => `r${n}@domain.test`),
    };
    expect((await client.check(many, plainMessage)).action).toBe('no action');
  });

  it('answers many questions at once', async () => {
    const verdicts = await Promise.all(
      Array.from({ length: 50 }, () => client.check(envelope, plainMessage)),
    );
    expect(verdicts.every(({ action }) => action === 'no action')).toBe(true);
  });

  it('knows whether rspamd is there', async () => expect(await client.ping()).toBe(true));
});

describe('without a proper answer', () => {
  let server: Server | undefined;
  let client: RspamdClient | undefined;

  afterEach(async () => {
    client?.close();
    server?.close();
    if (server) await once(server, 'close');
    server = undefined;
  });

  const clientOf = async (answer: string | undefined, timeoutMs = 2_000): Promise<RspamdClient> => {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.resume();
      if (answer !== undefined) socket.once('data', () => socket.end(answer));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    client = new RspamdClient({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      timeoutMs,
    });
    return client;
  };

  it.each([
    ['an error of HTTP', 'HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\n{}'],
    ['no JSON', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    ['no verdict', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'],
    ['no HTTP', '220 mail.test ESMTP\r\n'],
    ['half an answer', 'HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n{"score":'],
    ['silence and an end', ''],
    ['an answer without end', `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(2 ** 21)}`],
  ])('%s is ScanUnavailable', async (_what, answer) => {
    await expect((await clientOf(answer)).check(envelope, plainMessage)).rejects.toThrow(ScanUnavailable);
  });

  it('silence is ScanUnavailable after the time-out', async () => {
    const silent = await clientOf(undefined, 200);
    const began = Date.now();
    await expect(silent.check(envelope, plainMessage)).rejects.toThrow(/within 200 ms/);
    expect(Date.now() - began).toBeLessThan(2_000);
    expect(await silent.ping()).toBe(false);
  });

  it('nobody there is ScanUnavailable', async () => {
    const gone = await clientOf('');
    server?.close();
    await expect(gone.check(envelope, plainMessage)).rejects.toThrow(ScanUnavailable);
    server = undefined;
  });
});
