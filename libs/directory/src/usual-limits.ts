/**
 * What a tenant may have with us when neither itself, nor its plan, nor the provider's configuration says otherwise: port 25 keeps to
 * it, and the sentinel tells how much of it is used.
 */
export const usualLimits = {
  maxHeldMessages: 1_000_000,
  maxHeldBytes: 100 * 2 ** 30,
} as const;
