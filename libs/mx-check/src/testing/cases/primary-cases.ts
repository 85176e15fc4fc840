import { hostOf, us, zone, type Case } from '../world';

type Kind = Parameters<typeof hostOf>[0];

/** A domain whose primary is of this kind. */
const at = (
  kind: Kind,
  it: string,
  expect: Case['expect'],
  verdict: Case['verdict'],
  settings?: Case['settings'],
): Case => {
  const domain = `at-${kind}.test`;
  const zones = zone(domain, { MX: [`10 ${hostOf(kind)}`, `20 ${us}`] });
  return { it, domain, zones, expect, verdict, ...(settings && { settings }) };
};

/** What can be wrong with the primary, and how near it may be. */
export const primaryCases: Case[] = [
  at(
    'down',
    'has a primary that is down',
    { 'primary-answers': ['warning', /refuses connections/] },
    'warning',
  ),
  at(
    'busy',
    'has a primary that greets with a no',
    { 'primary-answers': ['warning', /421 4\.3\.2/] },
    'warning',
  ),
  at('plain', 'does not encrypt', { 'primary-starttls': 'warning' }, 'warning'),
  at('broken-tls', 'fails to encrypt', { 'primary-starttls': ['warning', /fails/] }, 'warning'),
  at('expired', 'has an expired certificate', { 'primary-certificate': ['warning', /expired/] }, 'warning'),
  at(
    'soon',
    'has a certificate that soon expires',
    { 'primary-certificate': ['warning', /expires in 4 days/] },
    'warning',
  ),
  at(
    'wrong-name',
    'has the certificate of somebody else',
    { 'primary-certificate': ['warning', /for mail\.somebody-else\.test/] },
    'warning',
  ),
  at(
    'self-signed',
    'has a certificate of its own making',
    { 'primary-certificate': ['note', /cannot be verified/] },
    'ok',
  ),
  at('greylists', 'puts us on its grey list', { 'primary-sender': ['warning', /grey list/] }, 'warning'),
  at(
    'spf-refuses',
    'applies SPF to us',
    { 'primary-spf': ['warning', /5\.7\.23/], 'primary-sender': 'ok' },
    'warning',
  ),
  at(
    'small',
    'takes smaller messages than we do',
    { 'primary-size': ['warning', /10 MiB at most, we take 50 MiB/] },
    'warning',
  ),
  at('takes-all', 'takes any address', { 'primary-accepts-all': 'note', 'primary-open-relay': 'ok' }, 'ok'),
  at('relays', 'is an open relay', { 'primary-open-relay': 'blocking' }, 'blocking'),
  at(
    'not-theirs',
    'does not know its own domain',
    { 'primary-sender': ['warning', /does not take mail for at-not-theirs\.test/] },
    'warning',
  ),
  at('blocks', 'blocks our address', { 'primary-sender': ['warning', /blocked using/] }, 'warning'),
  at(
    'no-postmaster',
    'has no postmaster',
    { 'primary-postmaster': 'note', 'primary-abuse': 'note', 'primary-sender': 'ok' },
    'ok',
  ),
  at(
    'stranger',
    'greets by another name',
    { 'primary-name': ['note', /greets as localhost\.localdomain/] },
    'ok',
  ),
  {
    it: 'is delivered to by another name',
    domain: 'hidden.test',
    zones: zone('hidden.test'),
    settings: { primaries: [{ host: hostOf('small'), port: 25 }] },
    expect: { 'primary-listed': ['note', /mail\.small\.test, which no MX record names/] },
    verdict: 'ok',
  },
  {
    it: 'is at the same address as we are',
    domain: 'same-address.test',
    zones: zone(
      'same-address.test',
      { MX: ['10 mail.same-address.test', `20 ${us}`] },
      {
        'mail.same-address.test': { A: ['127.1.0.10'] },
      },
    ),
    expect: { 'separate-address': ['note', /this very machine/], 'separate-as': ['warning', /AS64500/] },
    verdict: 'warning',
  },
  {
    it: 'is of our own provider, with our own name servers',
    domain: 'same-house.test',
    zones: zone(
      'same-house.test',
      { NS: ['ns.holdfast.test'], MX: ['10 mail.holdfast.test', `20 ${us}`] },
      {
        'mail.holdfast.test': { A: ['127.2.0.10'] },
      },
    ),
    expect: {
      'separate-provider': 'note',
      'separate-name-servers': ['note', /All name servers/],
      'separate-as': 'ok',
    },
    verdict: 'warning',
  },
  {
    it: 'is at Google',
    domain: 'at-google.test',
    zones: zone(
      'at-google.test',
      { MX: ['1 aspmx.l.google.com', `20 ${us}`] },
      {
        'aspmx.l.google.com': { A: ['127.2.0.10'] },
      },
    ),
    expect: { 'redundant-provider': ['note', /Google Workspace/] },
    verdict: 'warning',
  },
];
