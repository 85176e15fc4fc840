const minute = 60_000;
const hour = 60 * minute;

/** Pauses between the tries of one notification, the total beside each. The last one repeats. */
const pausesMs = [
  10_000, // 10 s
  30_000, // 40 s
  1 * minute, // under 2 min
  2 * minute, // under 4 min
  5 * minute, // under 9 min
  10 * minute, // 19 min
  30 * minute, // 49 min, and every half hour from there
];

/** After three days nobody needs to hear that an outage began. */
const giveUpAfterMs = 72 * hour;

// A 5xx is most often an address that is gone, and asking every half hour for three days would earn us a bad name. But it may also
// be a block list or a smart host with a wrong password, which a person mends within a day.
const afterRefusalMs = 1 * hour;
const giveUpAfterRefusalMs = 24 * hour;

export interface Failure {
  /** tries so far, this one included */
  attempts: number;
  /** since it was written */
  ageMs: number;
  isRefusal: boolean;
}

/** @returns how long to wait; undefined: not again */
export function nextTryMs({ attempts, ageMs, isRefusal }: Failure): number | undefined {
  if (ageMs >= (isRefusal ? giveUpAfterRefusalMs : giveUpAfterMs)) return undefined;
  const pause = pausesMs[Math.min(attempts, pausesMs.length) - 1] ?? 10_000;
  return isRefusal ? Math.max(pause, afterRefusalMs) : pause;
}
