import type { Standing } from './verdict';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** How long an outage is probed how often; read it aloud. The first hour decides how soon people have their mail. */
export const outageSchedule = [
  { untilMs: 1 * hour, everyMs: 3 * second },
  { untilMs: 24 * hour, everyMs: 10 * second },
  { untilMs: Infinity, everyMs: 30 * second },
] as const;

/** Between two probes that only confirm each other. Short, because mail waits on the answer; long enough to survive a hiccup. */
export const confirmDownMs = 1 * second;
export const confirmUpMs = 500;

/** A primary that answers although it has mail waiting with us (it deferred some). The relay tells us sooner if it goes away. */
export const whileUpMs = 10 * second;

/** Newly held mail is a reason to look, unless we looked just now. */
export const freshForMs = 3 * second;

/**
 * How long to wait before the next probe.
 * @param outageAgeMs since the first bad probe; 0 when there is no outage
 */
export function nextProbeMs(standing: Standing, outageAgeMs: number): number {
  switch (standing) {
    case 'unproven':
      return 0;
    case 'missed-one':
    case 'missed-two':
      return confirmDownMs;
    case 'returning':
      return confirmUpMs;
    case 'up':
      return whileUpMs;
    case 'down':
      return (outageSchedule.find(({ untilMs }) => outageAgeMs < untilMs) ?? outageSchedule[2]).everyMs;
  }
}
