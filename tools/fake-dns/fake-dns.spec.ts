import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Resolver } from 'node:dns/promises';
import dnsPacket from 'dns-packet';
import { startFakeDns, type FakeDns } from './index';

const zones = {
  'tidewater.test': {
    SOA: ['ns.tidewater.test hostmaster.tidewater.test 7 3600 600 86400 60'],
    NS: ['ns.tidewater.test'],
    MX: ['10 mail.tidewater.test', '20 mx.holdfast.test.'],
    TXT: ['v=spf1 mx -all', `long ${'x'.repeat(600)}`],
    CAA: ['0 issue "letsencrypt.org"'],
  },
  'mail.tidewater.test': { A: ['127.0.0.1'], AAAA: ['::1'] },
  '_25._tcp.mail.tidewater.test': { TLSA: ['3 1 1 abcdef'] },
  'www.tidewater.test': { CNAME: ['web.tidewater.test'] },
  'web.tidewater.test': { CNAME: ['mail.tidewater.test'] },
  'round.tidewater.test': { CNAME: ['trip.tidewater.test'] },
  'trip.tidewater.test': { CNAME: ['round.tidewater.test'] },
  '*.wild.test': { A: ['127.0.0.9'] },
  '25.2.0.192.in-addr.arpa': { PTR: ['mail.tidewater.test'] },
  'nomail.test': { MX: ['0 .'] },
};

describe('the fake DNS server, asked by a real resolver', () => {
  let dns: FakeDns;
  let resolver: Resolver;

  beforeEach(async () => {
    dns = await startFakeDns({ zones });
    resolver = new Resolver({ timeout: 200, tries: 1 });
    resolver.setServers([dns.server]);
  });
  afterEach(async () => {
    resolver.cancel();
    await dns.close();
  });

  it('answers every type that mail needs', async () => {
    expect(await resolver.resolve4('mail.tidewater.test')).toEqual(['127.0.0.1']);
    expect(await resolver.resolve6('mail.tidewater.test')).toEqual(['::1']);
    expect(await resolver.resolveMx('tidewater.test')).toEqual([
      { priority: 10, exchange: 'mail.tidewater.test', type: 'MX' },
      { priority: 20, exchange: 'mx.holdfast.test', type: 'MX' },
    ]);
    expect(await resolver.resolveNs('tidewater.test')).toEqual(['ns.tidewater.test']);
    expect(await resolver.resolveSoa('tidewater.test')).toMatchObject({ serial: 7, minttl: 60 });
    expect(await resolver.resolveCaa('tidewater.test')).toMatchObject([{ issue: 'letsencrypt.org' }]);
    expect(await resolver.reverse('192.0.2.25')).toEqual(['mail.tidewater.test']);
    expect(await resolver.resolveMx('nomail.test')).toMatchObject([{ priority: 0, exchange: '' }]);
  });

  it('serves TLSA', async () => {
    const [record] = await resolver.resolveTlsa('_25._tcp.mail.tidewater.test');
    expect(record).toMatchObject({ certUsage: 3, selector: 1, match: 1 });
    expect(Buffer.from(record?.data ?? new ArrayBuffer(0)).toString('hex')).toBe('abcdef');
  });

  it('sets the bit that says "validated by DNSSEC" only where it was told to', async () => {
    const secure = await startFakeDns({ zones, isSecure: true });
    const client = createSocket('udp4');
    const questions = [{ type: 'TLSA' as const, name: '_25._tcp.mail.tidewater.test' }];
    const validated: boolean[] = [];
    for (const server of [dns, secure]) {
      client.send(dnsPacket.encode({ type: 'query', id: 7, questions }), server.port, '127.0.0.1');
      const [answer] = (await once(client, 'message')) as [Buffer];
      validated.push(dnsPacket.decode(answer).flag_ad);
    }
    client.close();
    await secure.close();
    expect(validated).toEqual([false, true]);
  });

  it('is secure in some domains, bogus and lame by name', async () => {
    const server = await startFakeDns({
      zones: {
        ...zones,
        'signed.test': { DS: ['12345 13 2 ab12'], DNSKEY: ['257 3 13 cDE='], MX: ['10 mx.signed.test'] },
        'slow-to-change.test': { A: ['127.0.0.1'], ttlSeconds: 86_400 },
      },
      isSecure: ['signed.test'],
    });
    server.misbehave('www.signed.test', 'bogus');
    server.misbehave('lame.signed.test', 'lame');
    const client = createSocket('udp4');
    const ask = async (name: string, type: 'A' | 'DS' | 'DNSKEY' | 'MX', flags = 0) => {
      const query = { type: 'query' as const, id: 7, flags, questions: [{ type, name }] };
      client.send(dnsPacket.encode(query), server.port, '127.0.0.1');
      const [answer] = (await once(client, 'message')) as [Buffer];
      return dnsPacket.decode(answer);
    };
    expect(await ask('signed.test', 'MX')).toMatchObject({ flag_ad: true, flag_aa: true });
    expect(await ask('tidewater.test', 'MX')).toMatchObject({ flag_ad: false });
    expect((await ask('signed.test', 'DS')).answers).toMatchObject([{ data: { keyTag: 12345 } }]);
    expect((await ask('signed.test', 'DNSKEY')).answers).toMatchObject([{ data: { flags: 257 } }]);
    expect((await ask('slow-to-change.test', 'A')).answers).toMatchObject([{ ttl: 86_400 }]);
    expect(await ask('www.signed.test', 'A')).toMatchObject({ rcode: 'SERVFAIL' });
    expect(await ask('www.signed.test', 'A', dnsPacket.CHECKING_DISABLED)).toMatchObject({
      rcode: 'NXDOMAIN',
      flag_ad: false,
    });
    expect(await ask('lame.signed.test', 'A')).toMatchObject({ flag_aa: false, answers: [] });
    server.misbehave('signed.test', 'garbled');
    await expect(ask('signed.test', 'MX')).rejects.toThrow(/decode/);
    client.close();
    await server.close();
  });

  it('cuts a long text into strings and puts a too big answer on TCP', async () => {
    const texts = (await resolver.resolveTxt('tidewater.test')).sort((a, b) => a.length - b.length);
    expect(texts[0]).toEqual(['v=spf1 mx -all']);
    expect(texts[1]?.map((part) => part.length)).toEqual([255, 255, 95]);

    dns.set('big.test', { TXT: Array.from({ length: 10 }, (_, n) => `${n} ${'y'.repeat(200)}`) });
    expect(await resolver.resolveTxt('big.test')).toHaveLength(10);
    expect(dns.asked.filter((question) => question.name === 'big.test').map((q) => q.over)).toEqual([
      'udp',
      'tcp',
    ]);
  });

  it('follows aliases, and does not follow them in a circle for ever', async () => {
    expect(await resolver.resolve4('www.tidewater.test')).toEqual(['127.0.0.1']);
    expect(await resolver.resolveCname('www.tidewater.test')).toEqual(['web.tidewater.test']);
    await expect(resolver.resolve4('round.tidewater.test')).rejects.toMatchObject({ code: 'ESERVFAIL' });
  });

  it('tells a wrong name from a name without that record', async () => {
    await expect(resolver.resolve4('nobody.tidewater.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(resolver.resolve4('tidewater.test')).rejects.toMatchObject({ code: 'ENODATA' });
    // _tcp.mail.tidewater.test has nothing of its own, but a name below it: it exists.
    await expect(resolver.resolve4('_tcp.mail.tidewater.test')).rejects.toMatchObject({ code: 'ENODATA' });
    await expect(resolver.resolve4('holdfast.invalid')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('answers below a wildcard, whatever the letters look like', async () => {
    expect(await resolver.resolve4('Anything.Wild.TEST')).toEqual(['127.0.0.9']);
    await expect(resolver.resolve4('wild.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('changes while it runs', async () => {
    dns.set('mail.tidewater.test', { A: ['127.0.0.2', '127.0.0.3'] });
    expect(await resolver.resolve4('mail.tidewater.test')).toEqual(['127.0.0.2', '127.0.0.3']);
    await expect(resolver.resolve6('mail.tidewater.test')).rejects.toMatchObject({ code: 'ENODATA' });
    dns.remove('mail.tidewater.test');
    await expect(resolver.resolve4('mail.tidewater.test')).rejects.toMatchObject({ code: 'ENODATA' });
    dns.remove('_25._tcp.mail.tidewater.test');
    await expect(resolver.resolve4('mail.tidewater.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('misbehaves by name until told otherwise', async () => {
    const ask = () => resolver.resolve4('mail.tidewater.test');
    dns.misbehave('mail.tidewater.test', 'servfail');
    await expect(ask()).rejects.toMatchObject({ code: 'ESERVFAIL' });
    dns.misbehave('mail.tidewater.test', 'refused');
    await expect(ask()).rejects.toMatchObject({ code: 'EREFUSED' });
    dns.misbehave('mail.tidewater.test', 'nxdomain');
    await expect(ask()).rejects.toMatchObject({ code: 'ENOTFOUND' });
    dns.misbehave('mail.tidewater.test', 'dead');
    await expect(ask()).rejects.toMatchObject({ code: 'ETIMEOUT' });
    expect(await resolver.resolveMx('tidewater.test')).toHaveLength(2); // the others are not touched
    dns.misbehave('mail.tidewater.test', { lie: { A: ['203.0.113.5'] } });
    expect(await ask()).toEqual(['203.0.113.5']);
    dns.misbehave('mail.tidewater.test', { slowMs: 40 });
    const askedAt = performance.now();
    expect(await ask()).toEqual(['127.0.0.1']);
    expect(performance.now() - askedAt).toBeGreaterThan(35);
    dns.misbehave('mail.tidewater.test', 'truncated');
    expect(await ask()).toEqual(['127.0.0.1']);
    expect(dns.asked.at(-1)).toMatchObject({ over: 'tcp' });
    dns.misbehave('mail.tidewater.test', undefined);
    dns.misbehave('*.tidewater.test', 'servfail');
    await expect(ask()).rejects.toMatchObject({ code: 'ESERVFAIL' });
    expect(await resolver.resolveMx('tidewater.test')).toHaveLength(2);
  });

  it('goes on answering after garbage', async () => {
    const stranger = createSocket('udp4');
    stranger.send('this is no DNS', dns.port, '127.0.0.1');
    stranger.send(Buffer.alloc(12), dns.port, '127.0.0.1'); // a header without a question
    const [answer] = (await once(stranger, 'message')) as [Buffer];
    expect(answer.readUInt8(3) & 0x0f).toBe(1); // FORMERR, for the one that looked like a query
    stranger.close();
    expect(await resolver.resolve4('mail.tidewater.test')).toEqual(['127.0.0.1']);
  });
});
