import { readProxyHeader } from './proxy-header';

const read = (text: string | Buffer) =>
  readProxyHeader(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);

/** A header of version 2: what follows the signature, its length put in. */
const v2 = (command: string, ...rest: string[]): Buffer => {
  const after = Buffer.from(rest.join(''), 'hex');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(after.length);
  return Buffer.concat([
    Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1'),
    Buffer.from(command, 'hex'),
    length,
    after,
  ]);
};

const ends = { clientAddress: '192.0.2.7', clientPort: 56324, ourAddress: '198.51.100.1', ourPort: 25 };
const over4 = ['c0000207', 'c6336401', 'dc04', '0019'];
const over6 = ['20010db8000000000000000000000007', '00000000000000000000000000000001', 'dc04', '0019'];

it.each<[string, string | Buffer, object | undefined]>([
  ['TCP4', 'PROXY TCP4 192.0.2.7 198.51.100.1 56324 25\r\n', ends],
  [
    'TCP6',
    'PROXY TCP6 2001:db8::7 ::1 56324 25\r\n',
    { clientAddress: '2001:db8::7', ourAddress: '::1', clientPort: 56324, ourPort: 25 },
  ],
  ['UNKNOWN', 'PROXY UNKNOWN\r\n', undefined],
  ['UNKNOWN, with whatever', 'PROXY UNKNOWN ffff::1 nonsense 1 2\r\n', undefined],
  ['version 2, TCP over IPv4', v2('2111', ...over4), ends],
  ['version 2 with TLVs', v2('2111', ...over4, '0300041234567805000161'), ends],
  [
    'version 2, TCP over IPv6',
    v2('2121', ...over6),
    { ...ends, clientAddress: '2001:db8:0:0:0:0:0:7', ourAddress: '0:0:0:0:0:0:0:1' },
  ],
  ['LOCAL', v2('2000'), undefined],
  ['LOCAL with addresses', v2('2011', ...over4), undefined],
  ['no family', v2('2100'), undefined],
  ['a Unix socket', v2('2131', '00'.repeat(216)), undefined],
])('reads %s, and leaves what follows', (_what, header, expected) => {
  const bytes = Buffer.byteLength(header as Buffer);
  const octets = Buffer.concat([Buffer.from(header as Buffer), Buffer.from('EHLO c.test\r\n')]);
  expect(read(octets)).toEqual({ kind: 'whole', bytes, ...(expected ? { ends: expected } : {}) });
  // However it is cut, nothing is decided before it is whole.
  for (let cut = 0; cut < bytes; cut++) expect(read(octets.subarray(0, cut))).toEqual({ kind: 'more' });
});

it.each<[string, string | Buffer]>([
  ['SMTP', 'EHLO c.test\r\n'],
  ['a line feed alone', 'PROXY TCP4 192.0.2.7 198.51.100.1 56324 25\n'],
  ['no ports', 'PROXY TCP4 192.0.2.7 198.51.100.1\r\n'],
  ['a port too high', 'PROXY TCP4 192.0.2.7 198.51.100.1 65536 25\r\n'],
  ['an IPv6 address as TCP4', 'PROXY TCP4 ::1 198.51.100.1 1 25\r\n'],
  ['a name', 'PROXY TCP4 evil.test 198.51.100.1 1 25\r\n'],
  ['two blanks', 'PROXY  TCP4 192.0.2.7 198.51.100.1 1 25\r\n'],
  ['lower case', 'proxy TCP4 192.0.2.7 198.51.100.1 1 25\r\n'],
  ['a line without end', `PROXY UNKNOWN ${'x'.repeat(100)}`],
  ['a broken signature', Buffer.from('\r\n\r\n\0\r\nQUIX', 'latin1')],
  ['version 1 in the form of 2', v2('1111', ...over4)],
  ['an unknown command', v2('2211', ...over4)],
  ['an unknown family', v2('2141', ...over4)],
  ['addresses that are cut off', v2('2111', 'c0000207')],
  ['more than anybody sends', v2('2111', '00'.repeat(4_097))],
])('refuses %s', (_what, header) => expect(read(header).kind).toBe('bad'));
