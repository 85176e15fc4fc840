import { headerFields } from './header-fields';
import { provenDomains, speaksFor } from './proven-domains';

const spooled = (ours: string, theirs = ''): Buffer =>
  Buffer.from(
    `Received: from a ([192.0.2.1])\r\n\tby mx2.provider.test;\r\n\tdate\r\n${ours}X-Holdfast-Scan: clean\r\n${theirs}Subject: x\r\n\r\n`,
  );
const proven = (ours: string, theirs?: string) => provenDomains(headerFields(spooled(ours, theirs)));

it('reads what our own line proves', () => {
  const line =
    'Authentication-Results: mx2.provider.test;\r\n\tspf=pass smtp.mailfrom=ann@Elsewhere.test;\r\n\tdkim=pass header.d=mail.test header.s=k1;\r\n\tdkim=fail header.d=other.test\r\n';
  expect(proven(line)).toEqual({ spf: ['elsewhere.test'], dkim: ['mail.test'] });
  expect(
    proven('Authentication-Results: mx2.provider.test;\r\n\tspf=fail smtp.mailfrom=a@b.test\r\n'),
  ).toEqual({
    spf: [],
    dkim: [],
  });
});

it('believes nothing that the sender brought along', () => {
  const line = 'Authentication-Results: mx2.provider.test; spf=pass smtp.mailfrom=ann@elsewhere.test\r\n';
  expect(proven('', line)).toEqual({ spf: [], dkim: [] });
  expect(provenDomains(headerFields(Buffer.from(`${line}\r\n`)))).toEqual({ spf: [], dkim: [] });
  expect(proven('', `${line}X-Holdfast-Scan: clean\r\n`)).toEqual({ spf: [], dkim: [] });
});

it.each([
  ['a.test', 'a.test', true],
  ['a.test', 'bounces.a.test', true],
  ['bounces.a.test', 'a.test', false],
  ['a.test', 'ba.test', false],
  ['test', 'a.test', false],
])('%s speaks for %s: %s', (one, other, expected) => expect(speaksFor(one, other)).toBe(expected));
