import { startFakeDns, type FakeDns } from '@holdfast/fake-dns';
import { isPrivateAddress } from '@holdfast/mail';
import type { AnswerMemory } from './look-up';
import { NextHopFinder, routeOf } from './next-hop';
import { GoesInACircle, NoWayThere } from './no-way-there';

const primary = (host: string, port = 25, preference = 10) => ({
  host,
  port,
  tlsPolicy: 'opportunistic' as const,
  preference,
});
const byMx = (host: string, port = 25) => ({ ...primary(host, port), byMx: true as const });

describe('the next hop', () => {
  const strict = new NextHopFinder({ dnsServers: [], allowPrivate: false, ownPort: 25 });
  const trusting = new NextHopFinder({ dnsServers: [], allowPrivate: true, ownPort: 2525 });

  it('is the address itself when the tenant gave one', async () => {
    await expect(strict.find([primary('192.0.2.1')])).rejects.toThrow(/private or reserved/);
    expect(await strict.find([primary('9.9.9.9')])).toEqual([
      { host: '9.9.9.9', address: '9.9.9.9', port: 25, primary: primary('9.9.9.9') },
    ]);
  });

  it('keeps the order of preference and leaves out what must not be', async () => {
    const hops = await strict.find([
      primary('8.8.8.8', 2525, 20),
      primary('10.0.0.1', 25, 5),
      primary('9.9.9.9'),
    ]);
    expect(hops.map(({ address }) => address)).toEqual(['9.9.9.9', '8.8.8.8']);
  });

  it('spreads over those that are equally preferred', async () => {
    const firsts = new Set<string | undefined>();
    for (let n = 0; n < 64; n++)
      firsts.add((await strict.find([primary('9.9.9.9'), primary('8.8.8.8')]))[0]?.address);
    expect(firsts).toEqual(new Set(['9.9.9.9', '8.8.8.8']));
  });

  it('is never ourselves', async () => {
    await expect(trusting.find([primary('127.0.0.1', 2525)])).rejects.toThrow(GoesInACircle);
    expect(await trusting.find([primary('127.0.0.1', 2526)])).toHaveLength(1);
  });

  it('says why there is none', async () => {
    await expect(strict.find([])).rejects.toThrow(NoWayThere);
  });

  it('is asked about the very address again at the moment of connecting', () => {
    expect(strict.refusalOf('127.0.0.1', 2526)?.message).toMatch(/private/);
    expect(strict.refusalOf('::ffff:10.0.0.1', 25)?.message).toMatch(/private/);
    expect(strict.refusalOf('9.9.9.9', 25)).toBeUndefined();
  });
});

describe('the next hop by MX', () => {
  let dns: FakeDns;
  const finderWith = (more: object = {}) =>
    new NextHopFinder({
      dnsServers: [dns.server],
      allowPrivate: true,
      ownPort: 2525,
      ownNames: ['mx.holdfast.test', 'mx2.holdfast.test'],
      ...more,
    });
  const hostsOf = async (domain: string, port = 25) =>
    (await finderWith().find([byMx(domain, port)])).map(({ host }) => host);

  beforeAll(async () => {
    dns = await startFakeDns({
      zones: {
        'a.test': { A: ['127.1.0.1'] },
        'b.test': { A: ['127.1.0.2'] },
        'mx.holdfast.test': { A: ['127.1.0.9'] },
        'usual.test': { MX: ['20 MX.Holdfast.test', '10 a.test', '20 b.test', '30 c.test'] },
        'only-us.test': { MX: ['10 mx2.holdfast.test', '20 a.test'] },
        'without-us.test': { MX: ['20 b.test', '10 a.test'] },
        'null.test': { MX: ['0 .'] },
        'implicit.test': { A: ['127.1.0.3'] },
        'nameless.test': { MX: ['10 nothing.test', '20 a.test'] },
        'inside.test': { MX: ['10 hidden.test'] },
        'hidden.test': { A: ['10.0.0.1'] },
      },
    });
  });
  afterAll(() => dns?.close());

  it('is cut at ourselves, and at everything that is as little preferred', async () => {
    expect(await hostsOf('usual.test')).toEqual(['a.test']);
    expect(await hostsOf('without-us.test')).toEqual(['a.test', 'b.test']);
  });

  it('is cut where an address is ours, whatever its name', async () => {
    // all of 127.0.0.0/8 at our own port is ourselves
    await expect(hostsOf('without-us.test', 2525)).rejects.toThrow(GoesInACircle);
  });

  it('is nowhere when we are the most preferred', async () => {
    await expect(hostsOf('only-us.test')).rejects.toThrow(
      'the MX records of only-us.test name no server that is preferred to ourselves',
    );
  });

  it('goes to the domain itself where there is no MX, and nowhere with a null MX', async () => {
    expect(await hostsOf('implicit.test')).toEqual(['implicit.test']);
    await expect(hostsOf('null.test')).rejects.toThrow(/null MX/);
    await expect(hostsOf('missing.test')).rejects.toThrow('missing.test does not exist in DNS');
  });

  it('passes over a host without an address', async () => {
    expect(await hostsOf('nameless.test')).toEqual(['a.test']);
  });

  it('refuses private addresses behind MX records as well', async () => {
    const strict = finderWith({ allowPrivate: false });
    await expect(strict.find([byMx('inside.test')])).rejects.toThrow(
      'hidden.test (10.0.0.1) is in a private or reserved network',
    );
  });

  it('goes where DNS last said when DNS says nothing', async () => {
    const known = new Map<string, { answer: unknown; seenAt: Date }>();
    const seenAt = new Date('2026-01-01T00:00:00Z');
    const memory: AnswerMemory = {
      keep: (name, kind, answer) => void known.set(`${kind} ${name}`, { answer, seenAt }),
      recall: async (name, kind) => known.get(`${kind} ${name}`),
    };
    const finder = finderWith({ memory });
    const before = await finder.find([byMx('without-us.test')]);
    expect(before[0]).not.toHaveProperty('rememberedFrom');
    dns.misbehave('*', 'servfail');
    try {
      const hops = await finder.find([byMx('without-us.test')]);
      expect(hops).toEqual(before.map((hop) => ({ ...hop, rememberedFrom: seenAt })));
      await expect(finder.find([byMx('usual.test')])).rejects.toThrow('could not be looked up');
    } finally {
      dns.misbehave('*', undefined);
    }
  });
});

it('tells routes apart by all that makes the way another one', () => {
  const plain = primary('mx.test');
  const routes = [
    [plain],
    [{ ...plain, tlsPolicy: 'required' as const }],
    [{ ...plain, loginId: 'x' }],
    [{ ...plain, byMx: true as const }],
    [{ ...plain, tellsClient: 'xclient' as const }],
    [],
  ].map(routeOf);
  expect(new Set(routes).size).toBe(routes.length);
});

it.each([
  ['127.0.0.1', true],
  ['10.1.2.3', true],
  ['192.168.0.1', true],
  ['172.16.0.1', true],
  ['169.254.1.1', true],
  ['100.64.0.1', true],
  ['0.0.0.0', true],
  ['224.0.0.1', true],
  ['::1', true],
  ['fe80::1', true],
  ['fd00::1', true],
  ['::ffff:127.0.0.1', true],
  ['::ffff:10.0.0.1', true],
  ['::7f00:1', true],
  ['64:ff9b::7f00:1', true],
  ['2002:7f00:1::', true],
  ['not an address', true],
  ['9.9.9.9', false],
  ['2606:4700::1', false],
])('isPrivateAddress(%s) is %s', (address, expected) => expect(isPrivateAddress(address)).toBe(expected));
