import type { Counts, Domain, Outage } from '../http/contract';
import { type Situation, stateSentence } from './state-sentence';

const now = Date.parse('2026-11-24T03:00:00Z');
const minutes = (n: number): string => new Date(now + n * 60_000).toISOString();
const days = (n: number): string => minutes(n * 24 * 60);

const counts = (some: Partial<Counts> = {}): Counts => ({
  held: 0,
  heldBytes: 0,
  sending: 0,
  quarantined: 0,
  delivered: 0,
  refused: 0,
  expired: 0,
  discarded: 0,
  ...some,
});
const domain = (name: string, some: Partial<Domain> = {}): Domain => ({
  id: name,
  domain: name,
  tenant: 'Northlight Clinic',
  state: 'active',
  recipientPolicy: 'any',
  primaries: [],
  counts: counts(),
  outage: null,
  retentionDays: 30,
  oldestExpiresAt: null,
  ...some,
});
const down = (minutesAgo: number): Domain['outage'] => ({
  id: 'o',
  beganAt: minutes(-minutesAgo),
  noticedAt: minutes(-minutesAgo),
  cause: 'connection refused',
  messagesHeld: 0,
});
const outage = (name: string, some: Partial<Outage> = {}): Outage => ({
  id: name,
  domain: name,
  tenant: 'Northlight Clinic',
  beganAt: minutes(-90),
  noticedAt: minutes(-89),
  endedAt: minutes(-5),
  drainedAt: null,
  cause: 'connection refused',
  messagesHeld: 0,
  delivered: 0,
  ...some,
});
const held = (n: number): Partial<Domain> => ({ counts: counts({ held: n }), oldestExpiresAt: days(29.4) });

/** Situation, tone, and the whole sentence as a person reads it at three in the morning. */
const table: [string, Partial<Situation>, string, string][] = [
  [
    'nobody has added anything',
    {},
    'unknown',
    'Nothing is backed up yet. Add your first domain; from then on its mail is safe when your server is away.',
  ],
  [
    'an operator sees an empty house',
    { isOperator: true },
    'unknown',
    'No domain yet. When the first tenant adds one, its state stands here.',
  ],
  [
    'peace with one domain',
    { domains: [domain('example.org')] },
    'safe',
    'All quiet. example.org is backed up; nothing is waiting.',
  ],
  [
    'peace with two domains after an outage',
    {
      domains: [domain('a.example'), domain('b.example')],
      outages: [outage('a.example', { endedAt: days(-3), drainedAt: days(-3) })],
    },
    'safe',
    'All quiet. 2 domains are backed up; nothing is waiting. The last outage ended 3 days ago.',
  ],
  [
    'one server down, mail held',
    { domains: [domain('example.org', { outage: down(42), ...held(318) })] },
    'holding',
    'Your mail is safe. example.org has been down for 42 minutes; 318 messages are held here; the oldest can wait 29 more days.',
  ],
  [
    'one server down, one message held',
    { domains: [domain('example.org', { outage: down(1), ...held(1) })] },
    'holding',
    'Your mail is safe. example.org has been down for 1 minute; 1 message is held here; it can wait 29 more days.',
  ],
  [
    'one server down, nothing has come in',
    { domains: [domain('example.org', { outage: down(0.5) })] },
    'holding',
    'Your mail is safe. example.org has been down for less than a minute; no message has come in since, and the next one will be held here.',
  ],
  [
    'retention gives the floor where the oldest is not known',
    {
      domains: [domain('example.org', { outage: down(60), counts: counts({ held: 2 }) })],
    },
    'holding',
    'Your mail is safe. example.org has been down for 1 hour; 2 messages are held here; the oldest can wait 29 more days.',
  ],
  [
    'two servers down',
    {
      domains: [
        domain('a.example', { outage: down(200), ...held(300) }),
        domain('b.example', { outage: down(5), ...held(18) }),
        domain('c.example'),
      ],
    },
    'holding',
    'Your mail is safe. 2 domains are down, the longest for 3 hours 20 minutes; 318 messages are held here; the oldest can wait 29 more days.',
  ],
  [
    'the server is back, mail goes out',
    {
      domains: [domain('example.org', held(198))],
      outages: [outage('example.org', { messagesHeld: 318, delivered: 120 })],
    },
    'holding',
    'Your mail is on its way. example.org answers again; 120 messages delivered, 198 to go, oldest first.',
  ],
  [
    'the server is back, nothing has gone out yet',
    { domains: [domain('example.org', held(318))], outages: [outage('example.org', { messagesHeld: 318 })] },
    'holding',
    'Your mail is on its way. example.org answers again; 318 messages to go, oldest first.',
  ],
  [
    'all of it has just been delivered',
    {
      domains: [domain('example.org')],
      outages: [
        outage('example.org', {
          endedAt: minutes(-4),
          drainedAt: minutes(-3),
          messagesHeld: 318,
          delivered: 318,
        }),
      ],
    },
    'safe',
    'All delivered. example.org has answered again for 4 minutes; all 318 messages held for it were delivered.',
  ],
  [
    'all of it is out, the account of it is not written yet',
    {
      domains: [domain('example.org')],
      outages: [outage('example.org', { messagesHeld: 318, delivered: 300 })],
    },
    'safe',
    'Nothing is waiting. example.org answers again.',
  ],
  [
    'some of it was refused or discarded: nobody says all',
    {
      domains: [domain('example.org')],
      outages: [
        outage('example.org', {
          endedAt: minutes(-4),
          drainedAt: minutes(-3),
          messagesHeld: 318,
          delivered: 316,
        }),
      ],
    },
    'safe',
    'Nothing is waiting. example.org has answered again for 4 minutes; 316 of 318 messages that were held for it were delivered.',
  ],
  [
    'deferred although the server is up',
    { domains: [domain('example.org', held(2))] },
    'holding',
    'Your mail is safe. 2 messages for example.org wait for the next try.',
  ],
  [
    'the oldest is about to be given up',
    {
      domains: [
        domain('example.org', {
          outage: down(42_000),
          counts: counts({ held: 40 }),
          oldestExpiresAt: minutes(30 * 60),
        }),
      ],
    },
    'trouble',
    'Mail is waiting for you. 40 messages for example.org are held here, but the oldest can wait only 30 more hours.',
  ],
  [
    'only a domain that is not verified',
    { domains: [domain('example.org', { state: 'pending' })] },
    'unknown',
    'Not backed up yet. example.org is not verified, so mail for it is not accepted here.',
  ],
  [
    'an operator looks at an outage',
    { isOperator: true, domains: [domain('example.org', { outage: down(42), ...held(318) })] },
    'holding',
    'All mail is safe. example.org has been down for 42 minutes; 318 messages are held here; the oldest can wait 29 more days.',
  ],
];

describe('the sentence of state', () => {
  test.each(table)('%s', (_name, situation, tone, sentence) => {
    const said = stateSentence({ domains: [], outages: [], now, ...situation });
    expect(`${said.headline} ${said.rest}`).toBe(sentence);
    expect(said.tone).toBe(tone);
  });
});
