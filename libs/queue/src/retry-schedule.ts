const minute = 60;
const hour = 60 * minute;

/**
 * How long after each attempt that was deferred the next one follows, in seconds, while the primary is up (an outage is not a
 * matter of schedules: its end opens the lane). Beside each: the age of the message by then.
 *
 * Short at first, because greylisting and a full mailbox are usually over in minutes; never longer than an hour, because whoever
 * mended their server looks at the queue within the hour.
 */
export const retryIntervalsSeconds = [
  1 * minute, //  1 min
  2 * minute, //  3 min
  3 * minute, //  6 min
  5 * minute, // 11 min   most greylists let the second try after five minutes in
  10 * minute, // 21 min
  15 * minute, // 36 min
  30 * minute, //  1 h 6 min
  hour, //          2 h 6 min, and every hour from then on
] as const;

/** @param attempts how many attempts there were, from 1 */
export function retryAfterSeconds(attempts: number): number {
  const index = Math.min(Math.max(attempts, 1), retryIntervalsSeconds.length) - 1;
  return retryIntervalsSeconds[index] ?? hour;
}
