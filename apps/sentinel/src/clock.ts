/** Time as the sentinel sees it. An outage of three days must be told in milliseconds, so nothing else here asks for the time. */
export interface Clock {
  /** milliseconds since 1970 */
  now(): number;
  /** @returns takes it back */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
