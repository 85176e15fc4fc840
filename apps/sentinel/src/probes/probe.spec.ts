import { NextHopFinder, type Primary } from '@holdfast/directory';
import { TestPrimary } from '../testing/primary';
import { probePrimaries, probePrimary, type ProbeSettings } from './probe';

const settings = (more: Partial<ProbeSettings> = {}): ProbeSettings => ({
  finder: new NextHopFinder({ dnsServers: [], allowPrivate: true, ownPort: 1 }),
  hello: 'mx.holdfast.test',
  connectTimeoutMs: 1_000,
  timeoutMs: 5_000,
  ...more,
});
const at = (port: number, host = '127.0.0.1'): Primary => ({
  host,
  port,
  tlsPolicy: 'opportunistic',
  preference: 10,
});

let primary: TestPrimary;
beforeEach(async () => void (primary = await TestPrimary.start()));
afterEach(() => primary.close());

describe('a probe', () => {
  it('greets, says who it is and takes its leave', async () => {
    expect(await probePrimary(at(primary.port), settings())).toEqual({
      isUp: true,
      latencyMs: expect.any(Number),
    });
    await primary.hears('QUIT');
    expect(primary.heard).toEqual(['EHLO mx.holdfast.test', 'QUIT']);
  });

  it.each([
    ['refuses', 'connection refused'],
    ['closes', 'closed the connection before greeting'],
    [{ greets: '421 4.3.2 Too busy' }, 'greets with 421 4.3.2 Too busy'],
    [{ greets: '554-No\r\n554 Go \u001b[31maway' }, 'greets with 554-No 554 Go [31maway'],
    [{ says: 'HTTP/1.1 400 Bad Request\r\n' }, 'does not speak SMTP: HTTP/1.1 400 Bad Request'],
    [{ says: 'x'.repeat(20_000) }, 'sends more than 16 KB where a short answer belongs'],
    [{ says: '220 hello\r\n451 4.3.0 later\r\n' }, 'answers EHLO with 451 4.3.0 later'],
  ] as const)('says what it met: %j', async (manner, cause) => {
    await primary.becomes(manner);
    expect(await probePrimary(at(primary.port), settings())).toMatchObject({ isUp: false, cause });
  });

  it('does not wait for ever for a greeting', async () => {
    await primary.becomes('hangs');
    expect(await probePrimary(at(primary.port), settings({ timeoutMs: 200 }))).toMatchObject({
      isUp: false,
      cause: 'connected, but no greeting within 0.2 seconds',
    });
  });

  it('does not wait for ever for DNS', async () => {
    const never = { find: () => new Promise<never>(() => undefined) };
    expect(await probePrimary(at(25), settings({ finder: never, timeoutMs: 50 }))).toMatchObject({
      isUp: false,
      cause: 'its name could not be looked up in DNS in time',
    });
  });

  it('takes HELO for an answer', async () => {
    await primary.becomes({ says: '220 old.test\r\n502 unknown\r\n250 old.test\r\n' });
    expect(await probePrimary(at(primary.port), settings())).toMatchObject({ isUp: true });
  });

  it('knows itself by its name, and not another server on this machine', async () => {
    await primary.becomes({ greets: '220 MX.holdfast.test ESMTP' });
    const ownNames = ['mx.holdfast.test'];
    const rules = { dnsServers: [], allowPrivate: true, ownNames };
    const there = new NextHopFinder({ ...rules, ownPort: 1 });
    expect(await probePrimary(at(primary.port), settings({ finder: there }))).toMatchObject({ isUp: true });
    // As if it stood elsewhere and we had no way to know but by its name.
    const elsewhere = {
      find: there.find.bind(there),
      greetsLikeUs: (name: string) => there.greetsLikeUs(name, { address: '9.9.9.9', port: 25 }),
    };
    expect(await probePrimary(at(primary.port), settings({ finder: elsewhere }))).toMatchObject({
      isUp: false,
      cause: 'greets with our own name: it is ourselves, and the mail would go in a circle',
    });
  });

  it('never knocks at a private address unless it may', async () => {
    const finder = new NextHopFinder({ dnsServers: [], allowPrivate: false, ownPort: 1 });
    expect(await probePrimary(at(primary.port), settings({ finder }))).toMatchObject({
      isUp: false,
      cause: '127.0.0.1 (127.0.0.1) is in a private or reserved network',
    });
    expect(primary.connections).toBe(0);
  });
});

describe('a domain with several primaries', () => {
  it('is up when one of them is', async () => {
    const other = await TestPrimary.start('refuses');
    expect(await probePrimaries([at(other.port), at(primary.port)], settings())).toMatchObject({
      isUp: true,
    });
  });

  it('is down when none is, with the cause of the most preferred', async () => {
    const other = await TestPrimary.start({ greets: '421 busy' });
    await primary.becomes('refuses');
    expect(await probePrimaries([at(primary.port), at(other.port)], settings())).toMatchObject({
      isUp: false,
      cause: 'connection refused',
    });
    await other.close();
  });

  it('is down when it has none at all', async () => {
    expect(await probePrimaries([], settings())).toMatchObject({
      isUp: false,
      cause: 'the domain has no primary',
    });
  });
});
