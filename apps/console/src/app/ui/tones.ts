import type { DeliveryState, Domain, Outage } from '../http/contract';

/** The four meanings a colour may have. */
export type Tone = 'safe' | 'holding' | 'trouble' | 'unknown';

export interface Meaning {
  readonly tone: Tone;
  readonly word: string;
}

const deliveryMeanings: Readonly<Record<DeliveryState, Meaning>> = {
  held: { tone: 'holding', word: 'Held' },
  sending: { tone: 'holding', word: 'Sending' },
  quarantined: { tone: 'trouble', word: 'Quarantined' },
  delivered: { tone: 'safe', word: 'Delivered' },
  refused: { tone: 'trouble', word: 'Refused' },
  expired: { tone: 'trouble', word: 'Expired' },
  discarded: { tone: 'unknown', word: 'Discarded' },
};

export const deliveryStates = Object.keys(deliveryMeanings) as readonly DeliveryState[];

/** What a delivery's state means. */
export function deliveryMeaning(state: DeliveryState): Meaning {
  return deliveryMeanings[state];
}

/** What a domain's state means, in one word: what is set up, then how its primary is. */
export function domainMeaning({
  state,
  outage,
  counts,
}: Pick<Domain, 'state' | 'outage' | 'counts'>): Meaning {
  if (state === 'pending') return { tone: 'unknown', word: 'Not verified' };
  if (state === 'suspended') return { tone: 'trouble', word: 'Suspended' };
  if (outage) return { tone: 'holding', word: 'Holding' };
  if (counts.held + counts.sending > 0) return { tone: 'holding', word: 'Delivering' };
  return { tone: 'safe', word: 'Ready' };
}

/** How far an outage has come. */
export function outageMeaning({ endedAt, drainedAt }: Pick<Outage, 'endedAt' | 'drainedAt'>): Meaning {
  if (!endedAt) return { tone: 'holding', word: 'Holding' };
  if (!drainedAt) return { tone: 'holding', word: 'Delivering' };
  return { tone: 'safe', word: 'All delivered' };
}
