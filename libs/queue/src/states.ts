/** Where a delivery can be. `held`, `sending` and `quarantined` wait in `deliveries`; the others are ends, in `settled_deliveries`. */
export const deliveryStates = [
  'held',
  'sending',
  'quarantined',
  'delivered',
  'refused',
  'expired',
  'discarded',
] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/**
 * Every way that a delivery can go; nothing else moves one. The SQL of this lib is written after this table, and a spec walks
 * both: an arrow that is missing here is refused there.
 */
export const arrows: Record<DeliveryState, readonly DeliveryState[]> = {
  //           claimed      given up                tenant's word   scanned late
  held: ['sending', 'expired', 'discarded', 'quarantined'],
  //           answered               deferred, lease ran out   scanned before it went out
  sending: ['delivered', 'refused', 'held', 'quarantined'],
  //           released
  quarantined: ['held', 'discarded', 'expired'],
  delivered: [],
  refused: [],
  expired: [],
  discarded: [],
};

/** An end has no way out. */
export function isEnd(state: DeliveryState): boolean {
  return arrows[state].length === 0;
}

export function mayMove(from: DeliveryState, to: DeliveryState): boolean {
  return arrows[from].includes(to);
}
