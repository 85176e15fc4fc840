/** How full a queue is, as its tenant hears it. */
export type Level = 0 | 80 | 100;

export interface Fill {
  messages: number;
  bytes: number;
  /** null: no limit */
  maxMessages: number | null;
  maxBytes: number | null;
  /** port 25 had no room for a message a moment ago */
  isRefusing: boolean;
}

/** From here the tenant is told; below the other number it is forgotten that it was. A queue at the edge must not write each hour. */
const nearlyFull = { from: 0.8, until: 0.7 };
const full = { from: 1, until: 0.8 };

/** The fuller of messages and bytes, from 0. A limit of nothing is a door that was closed on purpose: it is full with what is inside. */
export function shareOf({ messages, bytes, maxMessages, maxBytes }: Fill): number {
  const share = (held: number, most: number | null): number =>
    most === null || held === 0 ? 0 : most === 0 ? 1 : held / most;
  return Math.max(share(messages, maxMessages), share(bytes, maxBytes));
}

/**
 * The level now, after the one before.
 *
 * Bytes never reach their limit, because the message that would cross it is put off: so a queue is full as well when port 25 had
 * no room a moment ago. One message that is larger than all that is left says nothing, though, while there is much left.
 */
export function levelOf(fill: Fill, before: Level): Level {
  const share = shareOf(fill);
  if (share >= full.from || (fill.isRefusing && share >= nearlyFull.from)) return 100;
  if (before === 100 && share >= full.until) return 100;
  if (share >= nearlyFull.from || (before > 0 && share >= nearlyFull.until)) return 80;
  return 0;
}
