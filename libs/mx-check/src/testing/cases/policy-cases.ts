import { hostOf, us, zone, type Case, type World } from '../world';

const good = hostOf('good');
const sts = (domain: string, record = 'v=STSv1; id=20261125') => ({
  [`_mta-sts.${domain}`]: { TXT: [record] },
  [`mta-sts.${domain}`]: { A: ['127.4.0.1'] },
});
const policyText = (mode: string, ...mx: string[]): string =>
  ['version: STSv1', `mode: ${mode}`, ...mx.map((host) => `mx: ${host}`), 'max_age: 604800', ''].join('\r\n');

const withSts = (
  name: string,
  it: string,
  policy: Case['policy'],
  expect: Case['expect'],
  verdict: Case['verdict'],
  record?: string,
): Case => {
  const domain = `${name}.test`;
  return {
    it,
    domain,
    zones: zone(domain, {}, sts(domain, record)),
    ...(policy && { policy }),
    expect,
    verdict,
  };
};

/** What a domain says about encryption and signatures. */
export const policyCases = ({ tlsa }: Pick<World, 'tlsa'>): Case[] => [
  withSts(
    'sts-fine',
    'names us in an enforced policy',
    { text: policyText('enforce', good, us) },
    { 'mta-sts': 'ok', 'mta-sts-certificate': 'ok' },
    'ok',
  ),
  withSts(
    'sts-wildcard',
    'names us by a pattern',
    { text: policyText('enforce', good, '*.holdfast.test') },
    { 'mta-sts': 'ok' },
    'ok',
  ),
  withSts(
    'sts-without-us',
    'forgets us in an enforced policy',
    { text: policyText('enforce', good) },
    { 'mta-sts': ['blocking', /does not name mx\.holdfast\.test/] },
    'blocking',
  ),
  withSts(
    'sts-testing',
    'forgets us in a policy under test',
    { text: policyText('testing', good) },
    { 'mta-sts': 'warning' },
    'warning',
  ),
  withSts(
    'sts-none',
    'has switched its policy off',
    { text: policyText('none') },
    { 'mta-sts': ['ok', /switched off/] },
    'ok',
  ),
  withSts(
    'sts-missing',
    'has a record and no policy',
    { status: 404 },
    { 'mta-sts': ['warning', /404/] },
    'warning',
  ),
  withSts(
    'sts-redirect',
    'redirects to its policy',
    { status: 302 },
    { 'mta-sts': ['warning', /redirects/] },
    'warning',
  ),
  withSts(
    'sts-endless',
    'has a policy without end',
    { endless: true },
    { 'mta-sts': ['warning', /64 KiB/] },
    'warning',
  ),
  withSts(
    'sts-garbage',
    'has a policy that cannot be read',
    { text: 'mode: sometimes' },
    { 'mta-sts': ['warning', /cannot be read/] },
    'warning',
  ),
  withSts(
    'sts-bad-cert',
    'has a wrong certificate at the policy',
    { text: policyText('enforce', good, us) },
    { 'mta-sts': ['warning', /certificate/] },
    'warning',
  ),
  {
    it: 'enforces a policy with a certificate that is not valid',
    domain: 'sts-self-signed.test',
    zones: zone(
      'sts-self-signed.test',
      { MX: [`10 ${hostOf('self-signed')}`, `20 ${us}`] },
      sts('sts-self-signed.test'),
    ),
    policy: { text: policyText('enforce', hostOf('self-signed'), us) },
    expect: { 'mta-sts': 'ok', 'mta-sts-certificate': ['blocking', /mail\.self-signed\.test/] },
    verdict: 'blocking',
  },
  {
    it: 'asks for reports',
    domain: 'reports.test',
    zones: zone(
      'reports.test',
      {},
      { '_smtp._tls.reports.test': { TXT: ['v=TLSRPTv1; rua=mailto:tls@reports.test'] } },
    ),
    expect: { 'tls-rpt': 'ok' },
    verdict: 'ok',
  },
  {
    it: 'asks for reports and says not where',
    domain: 'reports-where.test',
    zones: zone('reports-where.test', {}, { '_smtp._tls.reports-where.test': { TXT: ['v=TLSRPTv1;'] } }),
    expect: { 'tls-rpt': 'note' },
    verdict: 'ok',
  },
  {
    it: 'is signed',
    domain: 'signed.test',
    signed: ['signed.test'],
    zones: zone('signed.test', { DS: ['12345 13 2 ab12'], DNSKEY: ['257 3 13 cDE='] }),
    expect: { dnssec: ['ok', /signatures are right/] },
    verdict: 'ok',
  },
  {
    it: 'is signed, and nobody checks',
    domain: 'signed-unchecked.test',
    zones: zone('signed-unchecked.test', { DS: ['12345 13 2 ab12'] }),
    expect: { dnssec: 'unknown' },
    verdict: 'ok',
  },
  {
    it: 'is signed wrongly',
    domain: 'bogus.test',
    zones: zone('bogus.test', { DS: ['12345 13 2 ab12'] }),
    misbehave: { 'bogus.test': 'bogus' },
    expect: { dnssec: ['blocking', /signatures of the domain are wrong/], 'mx-exists': 'unknown' },
    verdict: 'blocking',
  },
  ...dane(
    'dane-fine',
    'has TLSA records that fit, of its own and of ours',
    { good: tlsa.good, ours: tlsa.ours },
    { 'dane-primary': 'ok', 'dane-ours': 'ok' },
    'warning', // the certificate is of another name, which DANE forgives and others do not
  ),
  ...dane(
    'dane-authority',
    'has a TLSA record for the authority, and the certificate of another name',
    { good: tlsa.authority, ours: tlsa.ours },
    { 'dane-primary': 'blocking' },
    'blocking',
  ),
  {
    it: 'has a TLSA record for the authority',
    domain: 'dane-ta.test',
    signed: ['dane-ta.test'],
    zones: zone(
      'dane-ta.test',
      { MX: [`10 ${hostOf('dane-ta')}`, `20 ${us}`] },
      { [`_25._tcp.${hostOf('dane-ta')}`]: { TLSA: [tlsa.authority] } },
    ),
    expect: { 'dane-primary': 'ok', 'primary-certificate': 'ok', 'dane-ours': 'note' },
    verdict: 'ok',
  },
  ...dane(
    'dane-primary-wrong',
    'has a TLSA record that fits no longer',
    { good: wrong(tlsa.good), ours: tlsa.ours },
    { 'dane-primary': 'blocking', 'dane-ours': 'ok' },
    'blocking',
  ),
  ...dane(
    'dane-ours-wrong',
    'meets us with a wrong TLSA record',
    { good: tlsa.good, ours: wrong(tlsa.ours) },
    { 'dane-primary': 'ok', 'dane-ours': 'blocking' },
    'blocking',
  ),
  ...dane(
    'dane-without-us',
    'has TLSA records, and we have none',
    { good: tlsa.good },
    { 'dane-primary': 'ok', 'dane-ours': ['note', /no TLSA records/] },
    'warning', // the certificate is of another name, which DANE forgives and others do not
  ),
  ...dane(
    'dane-unusable',
    'has TLSA records that are not for mail',
    { good: `1${tlsa.good.slice(1)}` },
    { 'dane-primary': ['warning', /not for mail/] },
    'warning',
  ),
  ...dane(
    'dane-unsigned',
    'has TLSA records that nobody validates',
    { good: tlsa.good },
    { 'dane-primary': ['note', /pass over/] },
    'warning', // the certificate is of another name, which DANE forgives and others do not
    false,
  ),
];

/** Hosts of the domain's own, so that each has its TLSA records; they are at the addresses of the good primary and of ours. */
function dane(
  name: string,
  it: string,
  records: { good: string; ours?: string },
  expect: Case['expect'],
  verdict: Case['verdict'],
  isSigned = true,
): Case[] {
  const domain = `${name}.test`;
  const [mail, backup] = [`mail.${domain}`, `backup.${domain}`];
  return [
    {
      it,
      domain,
      signed: isSigned ? [domain] : [],
      zones: zone(
        domain,
        { DS: ['12345 13 2 ab12'], MX: [`10 ${mail}`, `20 ${backup}`] },
        {
          [mail]: { A: ['127.2.0.10'] },
          [backup]: { A: ['127.1.0.10'] },
          [`_25._tcp.${mail}`]: { TLSA: [records.good] },
          ...(records.ours && { [`_25._tcp.${backup}`]: { TLSA: [records.ours] } }),
        },
      ),
      settings: { ours: [backup] },
      expect,
      verdict,
    },
  ];
}

const wrong = (record: string): string => `${record.slice(0, -2)}${record.endsWith('00') ? '11' : '00'}`;
