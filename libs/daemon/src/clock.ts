/** Time as a program sees it. A month must pass in seconds where specs tell a month's story, so nothing else there asks for the time. */
export interface Clock {
  /** milliseconds since 1970 */
  now(): number;
  /** @returns takes it back */
  after(ms: number, run: () => void): () => void;
  /**
   * What Postgres is to take for now. null: its own clock, which all nodes share; a node whose clock is wrong must not free the claims
   * of others, or give up their mail.
   */
  forPostgres(): Date | null;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  forPostgres: () => null,
};
