import { hostOf, us, zone, type Case } from '../world';

/** What the name servers of a domain can do wrong. */
export const nameServerCases: Case[] = [
  {
    it: 'has a secondary with an old copy',
    domain: 'old-copy.test',
    zones: zone('old-copy.test'),
    second: { zones: zone('old-copy.test', { MX: [`10 ${hostOf('good')}`] }) },
    expect: { 'authorities-agree': ['warning', /do not agree/] },
    verdict: 'warning',
  },
  {
    it: 'has a secondary that is a version behind',
    domain: 'behind.test',
    zones: zone('behind.test'),
    second: {
      zones: zone('behind.test', { SOA: ['ns1.dns.test hostmaster.behind.test 6 3600 600 86400 60'] }),
    },
    expect: { 'authorities-agree': ['note', /serials/] },
    verdict: 'ok',
  },
  {
    it: 'has a secondary that does not know the zone',
    domain: 'lame.test',
    zones: zone('lame.test'),
    second: { misbehave: { 'lame.test': 'lame' } },
    expect: { 'authorities-answer': ['warning', /without authority/] },
    verdict: 'warning',
  },
  {
    it: 'has a secondary that refuses',
    domain: 'refusing.test',
    zones: zone('refusing.test'),
    second: { misbehave: { 'refusing.test': 'refused' } },
    expect: { 'authorities-answer': ['warning', /REFUSED/], 'authorities-agree': 'ok' },
    verdict: 'warning',
  },
  {
    it: 'has a secondary that says nothing',
    domain: 'half-dead.test',
    zones: zone('half-dead.test'),
    second: { misbehave: { 'half-dead.test': 'dead' } },
    expect: { 'authorities-answer': ['unknown', /did not answer us/] },
    verdict: 'ok',
  },
  {
    it: 'has one name server',
    domain: 'one-server.test',
    zones: zone('one-server.test', { NS: ['ns1.dns.test'] }),
    expect: { 'authorities-answer': ['note', /one name server/] },
    verdict: 'ok',
  },
  {
    it: 'is remembered for a week',
    domain: 'long.test',
    zones: zone('long.test', { ttlSeconds: 604_800 }),
    expect: { ttl: ['warning', /7 days/] },
    verdict: 'warning',
  },
  {
    it: 'is forgotten at once',
    domain: 'short.test',
    zones: zone('short.test', { ttlSeconds: 5 }),
    expect: { ttl: ['note', /forgotten after 5 seconds/] },
    verdict: 'ok',
  },
  {
    it: 'has a primary whose address is remembered for a week, unlike ours',
    domain: 'long-address.test',
    zones: zone(
      'long-address.test',
      { MX: ['10 mail.long-address.test', `20 ${us}`] },
      {
        'mail.long-address.test': { A: ['127.2.0.10'], ttlSeconds: 604_800 },
      },
    ),
    expect: { ttl: ['note', /remembered for 7 days, ours for 1 hour/] },
    verdict: 'warning',
  },
  {
    it: 'is a name below the zone that holds it',
    domain: 'mail.deep.test',
    zones: {
      ...zone('deep.test'),
      'mail.deep.test': { MX: [`10 ${hostOf('good')}`, `20 ${us}`], ttlSeconds: 3_600 },
    },
    expect: { 'authorities-answer': 'ok', 'mx-ours': 'ok' },
    verdict: 'ok',
  },
];
