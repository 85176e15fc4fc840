import type { Domain } from '../http/contract';
import { messages } from '../ui/words-of-time';
import type { Tone } from '../ui/tones';

/** Something that waits for a person, and where to act on it. */
export interface Attention {
  readonly tone: Tone;
  readonly text: string;
  readonly action: string;
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

/** What needs a person, most urgent first. Held mail is not in it: holding is what we are for. */
export function attention(domains: readonly Domain[]): readonly Attention[] {
  return domains.flatMap(({ domain, state, counts }): Attention[] => {
    const page = ['/domains', domain];
    const found: Attention[] = [];
    if (state === 'suspended') {
      found.push({
        tone: 'trouble',
        text: `${domain} is suspended: new mail for it is told to come back later.`,
        action: 'See why',
        path: page,
        query: {},
      });
    }
    if (state === 'pending') {
      found.push({
        tone: 'unknown',
        text: `${domain} is not verified: until then no mail for it is accepted here.`,
        action: 'See what is missing',
        path: page,
        query: {},
      });
    }
    if (counts.quarantined > 0) {
      const it = counts.quarantined === 1 ? 'waits' : 'wait';
      found.push({
        tone: 'trouble',
        text: `${messages(counts.quarantined)} for ${domain} ${it} in quarantine for your decision.`,
        action: 'Decide',
        path: ['/messages'],
        query: { domain, state: 'quarantined' },
      });
    }
    return found;
  });
}
