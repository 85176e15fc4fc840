import { isPrivateAddress } from '@holdfast/mail';
import { NextHopFinder, NoWayThere } from './next-hop';

const primary = (host: string, port = 25, preference = 10) => ({
  host,
  port,
  tlsPolicy: 'opportunistic' as const,
  preference,
});

describe('the next hop', () => {
  const strict = new NextHopFinder({ dnsServers: [], allowPrivate: false, ownPort: 25 });
  const trusting = new NextHopFinder({ dnsServers: [], allowPrivate: true, ownPort: 2525 });

  it('is the address itself when the tenant gave one', async () => {
    expect(await strict.find([primary('192.0.2.1')]).catch((error: Error) => error.message)).toMatch(
      /private or reserved/,
    );
    expect(await strict.find([primary('9.9.9.9')])).toEqual([
      { host: '9.9.9.9', address: '9.9.9.9', port: 25, tlsPolicy: 'opportunistic' },
    ]);
  });

  it('keeps the order of preference and leaves out what must not be', async () => {
    const hops = await strict.find([primary('10.0.0.1'), primary('9.9.9.9'), primary('8.8.8.8', 2525, 20)]);
    expect(hops.map(({ address }) => address)).toEqual(['9.9.9.9', '8.8.8.8']);
  });

  it('is never ourselves', async () => {
    await expect(trusting.find([primary('127.0.0.1', 2525)])).rejects.toThrow(/circle/);
    expect(await trusting.find([primary('127.0.0.1', 2526)])).toHaveLength(1);
  });

  it('says why there is none', async () => {
    await expect(strict.find([])).rejects.toThrow(NoWayThere);
  });
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
  ['not an address', true],
  ['9.9.9.9', false],
  ['2606:4700::1', false],
])('isPrivateAddress(%s) is %s', (address, expected) => expect(isPrivateAddress(address)).toBe(expected));
