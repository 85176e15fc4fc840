import { allDelivered } from './all-delivered';
import { holdingBegan } from './holding-began';
import { asHtml, asText, type Letter } from './letter';
import { queueFull } from './queue-full';
import { queueNearlyFull } from './queue-nearly-full';
import { takesAnyAddress } from './takes-any-address';
import { bytes, duration, list, oneLine } from './words';

const began = holdingBegan({
  domain: 'tidewater.test',
  tenant: 'Tidewater Press',
  beganAt: new Date('2026-11-23T14:03:12Z'),
  cause: 'greets with 421 4.3.2 <b>Too busy</b> & "tired"',
  primaries: ['mail.tidewater.test:25'],
  waiting: 3,
  retentionDays: 30,
  oldestExpiresAt: new Date('2026-12-23T14:03:10Z'),
});
const done = {
  domain: 'tidewater.test',
  tenant: 'Tidewater Press',
  beganAt: new Date('2026-11-23T14:03:12Z'),
  endedAt: new Date('2026-11-23T14:45:20Z'),
  drainedAt: new Date('2026-11-23T14:45:23Z'),
  delivered: 318,
  refused: 0,
  expired: 0,
  discarded: 0,
  parked: 0,
};

const room = {
  tenant: 'Tidewater Press',
  messages: 8_213,
  bytes: 1_300_000_000,
  maxMessages: 10_000,
  maxBytes: null,
  domains: [{ domain: 'tidewater.test', messages: 8_000 }],
  at: new Date('2026-11-23T14:03:12Z'),
};

it('reads well as plain text', () => {
  expect(asText(began)).toBe(`Your mail is safe. tidewater.test has not answered since 14:03 UTC; 3
messages are held here.

We could not reach your server three times in a row, so senders hand
their mail to us. We keep all of it, and each message can wait 30 days.

Held here now:         3 messages
Not answering since:   14:03 UTC on 23 November 2026
Your server:           mail.tidewater.test:25
What we met there:     greets with 421 4.3.2 <b>Too busy</b> & "tired"
Oldest can wait until: 23 December 2026, 14:03 UTC

What happens next
We look for your server every 3 seconds for the first hour, then every
10 and from the second day every 30. As soon as it answers, we deliver
everything, oldest first, at the pace it takes. With us you need do
nothing; please see to the server itself.

You get one more mail about this outage: when all is delivered.

--${' '}
You get this because you are a contact of Tidewater Press for the mail
of tidewater.test.`);
});

/** What a reader sees of the HTML: tags away, entities read, white space as one. */
const seen = (html: string): string =>
  html
    .slice(html.indexOf('<body'))
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');

it.each([
  ['began', began],
  ['done', allDelivered({ ...done, refused: 2, parked: 1 })],
  ['nearly full', queueNearlyFull(room)],
  ['full', queueFull(room)],
  [
    'takes any address',
    takesAnyAddress({
      domain: 'tidewater.test',
      tenant: 'Tidewater Press',
      primaries: ['mail.tidewater.test:25'],
    }),
  ],
] as [string, Letter][])('says the same as HTML: %s', (_name, letter) => {
  const html = seen(asHtml(letter));
  for (const text of [
    letter.headline,
    letter.reason,
    letter.next.title,
    ...letter.paragraphs,
    ...letter.next.paragraphs,
    ...letter.facts.flatMap(({ label, value }) => [label, value]),
  ])
    expect(html).toContain(text);
});

it('lets nothing from outside become part of the page, and fetches nothing', () => {
  const html = asHtml({
    ...began,
    headline: '<script>alert(1)</script>',
    reason: `"><img src=x onerror='y'>`,
  });
  expect(html).not.toMatch(/<script|<img|<b>|https?:|url\(|<link|@import/);
});

it.each([
  [{}, 'All 318 held messages are delivered. tidewater.test came back at 14:45 UTC.'],
  [{ delivered: 1 }, 'The 1 held message is delivered. tidewater.test came back at 14:45 UTC.'],
  [
    { delivered: 10, refused: 1, parked: 2 },
    'Nothing waits any more: 10 messages delivered, 1 message refused by your server and 2 messages kept back by you. tidewater.test came back at 14:45 UTC.',
  ],
])('says "all" only when it was all: %j', (more, headline) =>
  expect(allDelivered({ ...done, ...more }).headline).toBe(headline),
);

it.each([
  [400, 'less than a second'],
  [2_900, '2 seconds'],
  [3_900_000, '1 hour 5 minutes'],
  [86_400_000 * 3 + 7_200_000, '3 days 2 hours'],
])('%d ms are %s', (ms, words) => expect(duration(ms)).toBe(words));

it('says how much room is used, and what senders do when it is used up', () => {
  const text = asText(queueNearlyFull(room)).replace(/\n/g, ' ');
  expect(text).toMatch(/^Your mail is safe\. What we hold for Tidewater Press uses 82 % of its room\./);
  expect(text).toContain('Held messages: 8,213 of 10,000 messages');
  expect(text).toContain('1.3 GB');
  expect(text).toContain('tidewater.test (8,000)');
  expect(queueFull({ ...room, messages: 10_000 }).headline).toBe(
    'What we hold for Tidewater Press is safe, but there is no room for more. New mail waits with its senders.',
  );
});

it.each([
  [512, '512 bytes'],
  [1_536, '1.5 kB'],
  [100 * 2 ** 30, '107 GB'],
])('%d are %s', (n, words) => expect(bytes(n)).toBe(words));

it('enumerates', () => expect(list(['a', 'b', 'c'])).toBe('a, b and c'));

it('brings a stranger’s words onto one harmless line', () => {
  expect(oneLine('421 a\r\nBcc: x\u202e\u001b[31m b')).toBe('421 a Bcc: x [31m b');
  expect(oneLine('x'.repeat(400))).toHaveLength(300);
});
