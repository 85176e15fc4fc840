import { checkPrimaryHost } from './primary-host';

const strict = { mayBePrivate: false, ownNames: ['mx2.provider.test'] };
const trusting = { ...strict, mayBePrivate: true };

it.each([
  ['mail.example.org', 'mail.example.org'],
  ['Mail.Example.ORG.', 'mail.example.org'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['9.9.9.9', '9.9.9.9'],
  ['[2606:4700::1]', '2606:4700::1'],
])('%s may be a primary, kept as %s', (written, host) =>
  expect(checkPrimaryHost(written, strict)).toEqual({ host }),
);

it.each([
  ['127.0.0.1', 'is in a private or reserved network'],
  ['10.1.2.3', 'is in a private or reserved network'],
  ['169.254.169.254', 'is in a private or reserved network'],
  ['0.0.0.0', 'is in a private or reserved network'],
  ['::1', 'is in a private or reserved network'],
  ['[fd00::1]', 'is in a private or reserved network'],
  ['::ffff:10.0.0.1', 'is in a private or reserved network'],
  ['localhost', 'is in a private or reserved network'],
  ['mail.localhost', 'is in a private or reserved network'],
  ['127.1', 'must be written as four decimal numbers'],
  ['0x7f.0.0.1', 'must be written as four decimal numbers'],
  ['2130706433', 'must be written as four decimal numbers'],
  ['1.2.3.4.5', 'must be a host name or an address'],
  ['mail server', 'must be a host name or an address'],
  ['http://mail.example.org', 'must be a host name or an address'],
  ['mail.example.org:25', 'must be a host name or an address'],
  ['', 'must be a host name or an address'],
  ['MX2.provider.test', 'is this very server: the mail would go in a circle'],
])('%s may not: it %s', (written, refusal) => expect(checkPrimaryHost(written, strict)).toEqual({ refusal }));

it('lets a trusting provider use its own network', () => {
  expect(checkPrimaryHost('127.0.0.1', trusting)).toEqual({ host: '127.0.0.1' });
  expect(checkPrimaryHost('localhost', trusting)).toEqual({ host: 'localhost' });
});
