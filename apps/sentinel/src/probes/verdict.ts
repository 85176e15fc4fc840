/**
 * What the sentinel thinks of the primaries of a domain. Three bad probes in a row make it down, because one lost packet is no
 * outage; two good ones make it up again, because a server that starts often greets once and falls over.
 */
export type Standing = 'unproven' | 'up' | 'missed-one' | 'missed-two' | 'down' | 'returning';

/** Where a probe leads from each standing. Nothing else moves one. */
export const arrows: Record<Standing, { good: Standing; bad: Standing }> = {
  unproven: { good: 'up', bad: 'missed-one' },
  up: { good: 'up', bad: 'missed-one' },
  'missed-one': { good: 'up', bad: 'missed-two' },
  'missed-two': { good: 'up', bad: 'down' },
  down: { good: 'returning', bad: 'down' },
  returning: { good: 'up', bad: 'down' },
};

export function standingAfter(standing: Standing, isGood: boolean): Standing {
  return arrows[standing][isGood ? 'good' : 'bad'];
}
