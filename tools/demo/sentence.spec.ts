import { sentence, type World } from './sentence';
import type { DomainState } from './watch';

const domain = (held: number, sending = 0): DomainState => ({
  domain: 'tidewater.test',
  held,
  sending,
  quarantined: 0,
  delivered: 0,
  refused: 0,
  outage: null,
});

describe('the sentence on top of the page', () => {
  it.each<[World, string, string]>([
    [{ isPrimaryUp: true, received: 0, domains: null }, 'unknown', 'Holdfast does not answer yet.'],
    [
      { isPrimaryUp: false, received: 0, domains: [domain(0), domain(0)] },
      'unknown',
      'Both primaries are off, and nothing is held yet.',
    ],
    [
      { isPrimaryUp: false, received: 0, domains: [domain(1), domain(0)] },
      'holding',
      'The mail is safe: 1 message is held while the primaries are off.',
    ],
    [
      { isPrimaryUp: false, received: 0, domains: [domain(1_200), domain(33, 1)] },
      'holding',
      'The mail is safe: 1,234 messages are held while the primaries are off.',
    ],
    [
      { isPrimaryUp: true, received: 4, domains: [domain(2, 1)] },
      'holding',
      'The primaries are on; 3 messages are on the way.',
    ],
    [
      { isPrimaryUp: true, received: 4, domains: [domain(1)] },
      'holding',
      'The primaries are on; 1 message waits for the next attempt.',
    ],
    [
      { isPrimaryUp: true, received: 4, domains: [domain(0)] },
      'safe',
      'All quiet. The primaries are on and nothing is held.',
    ],
  ])('%j is %s: %s', (world, tone, headline) => {
    expect(sentence(world)).toMatchObject({ tone, headline });
  });

  it('counts what has arrived', () => {
    const quiet = (received: number) =>
      sentence({ isPrimaryUp: true, received, domains: [domain(0)] }).advice;
    expect(quiet(0)).toMatch(/^Switch them off/);
    expect(quiet(1)).toMatch(/^1 message has arrived so far\./);
    expect(quiet(2)).toMatch(/^2 messages have arrived so far\./);
  });
});
