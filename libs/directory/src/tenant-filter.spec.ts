import { defaultFilter, listingOf, readRule } from './tenant-filter';

const filter = {
  ...defaultFilter,
  allow: ['friend@bad.test', '192.0.2.7', '2001:db8:1::/48'],
  block: ['bad.test', 'eve@good.test', '192.0.2.0/24', '2001:db8::/32'],
};

it.each([
  ['ada@good.test', '198.51.100.1', undefined],
  ['EVE@Good.test', '198.51.100.1', { list: 'block', by: 'sender' }],
  ['x@bad.test', '198.51.100.1', { list: 'block', by: 'sender' }],
  ['x@deep.sub.bad.test', '198.51.100.1', { list: 'block', by: 'sender' }],
  ['x@notbad.test', '198.51.100.1', undefined],
  ['friend@bad.test', '198.51.100.1', { list: 'allow', by: 'sender' }],
  ['ada@good.test', '192.0.2.200', { list: 'block', by: 'network' }],
  ['ada@good.test', '::ffff:192.0.2.200', { list: 'block', by: 'network' }],
  ['x@bad.test', '192.0.2.7', { list: 'allow', by: 'network' }],
  ['', '2001:db8:2::1', { list: 'block', by: 'network' }],
  ['', '2001:db8:1::1', { list: 'allow', by: 'network' }],
  ['', 'fe80::1%eth0', undefined],
])('<%s> from %s is listed: %j', (sender, address, expected) =>
  expect(listingOf(filter, sender, address)).toEqual(expected),
);

it.each([
  [' Ada@Sender.Test ', 'ada@sender.test'],
  ['@Sender.test', 'sender.test'],
  ['müller.test', 'xn--mller-kva.test'],
  ['192.0.2.0/24', '192.0.2.0/24'],
  ['2001:DB8::/32', '2001:db8::/32'],
  ['192.0.2.7/24', '192.0.2.0/24'],
  ['2001:db8:0:0:0:0:0:1', '2001:db8::1'],
  ['2001:db8:1:2::5/32', '2001:db8::/32'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['fe80::1%eth0', undefined],
  ['192.0.2.0/33', undefined],
  ['192.0.2.999', undefined],
  ['top', 'top'],
  ['*.bad.test', undefined],
  ['bad..test', undefined],
  ['-bad.test', undefined],
  ['192.0.2.0/x', undefined],
  ['two words', undefined],
  ['', undefined],
  ['a@b@', undefined],
])('the rule "%s" is kept as %s', (text, kept) => expect(readRule(text)).toBe(kept));
