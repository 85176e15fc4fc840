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

/** The schedule as people read it, for docs/retries.md: which attempt, how long after the one before, how old the message is by then. */
export function retryTable(): { attempt: number; after: string; age: string }[] {
  let age = 0;
  return retryIntervalsSeconds.map((seconds, index) => {
    age += seconds;
    return { attempt: index + 2, after: inWords(seconds), age: inWords(age) };
  });
}

/** `1 h 6 min`, `36 min` */
function inWords(seconds: number): string {
  const hours = Math.floor(seconds / hour);
  const minutes = (seconds % hour) / minute;
  return [hours > 0 && `${hours} h`, minutes > 0 && `${minutes} min`].filter(Boolean).join(' ');
}
