/** How the console says times and sizes. Pure, so that a table of examples can hold them to it. */

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const unit = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;

/** "less than a minute", "42 minutes", "3 hours 5 minutes", "6 hours", "29 days". No seconds: a sentence that ticks is not calm. */
export function spoken(ms: number): string {
  if (ms < minute) return 'less than a minute';
  if (ms < hour) return unit(Math.floor(ms / minute), 'minute');
  if (ms < 6 * hour) {
    const minutes = Math.floor((ms % hour) / minute);
    return unit(Math.floor(ms / hour), 'hour') + (minutes > 0 ? ` ${unit(minutes, 'minute')}` : '');
  }
  if (ms < 2 * day) return unit(Math.floor(ms / hour), 'hour');
  return unit(Math.floor(ms / day), 'day');
}

/** The same in a narrow column: "42 s", "42 min", "3 h 5 min", "29 d". */
export function short(ms: number): string {
  if (ms < minute) return `${Math.max(0, Math.floor(ms / second))} s`;
  if (ms < hour) return `${Math.floor(ms / minute)} min`;
  if (ms < day) {
    const minutes = Math.floor((ms % hour) / minute);
    return `${Math.floor(ms / hour)} h${minutes > 0 ? ` ${minutes} min` : ''}`;
  }
  return `${Math.floor(ms / day)} d`;
}

/** "just now", "12 min ago", "in 3 h". */
export function relative(at: number, now: number): string {
  const ms = at - now;
  if (Math.abs(ms) < 10 * second) return ms > 0 ? 'in a moment' : 'just now';
  return ms > 0 ? `in ${short(ms)}` : `${short(-ms)} ago`;
}

/** The exact time with its zone, for whoever hovers. */
export function exact(at: number): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'long' });
}

/** "14:03" today, "21 Nov, 14:03" otherwise. */
export function clockTime(at: number, now: number): string {
  const time = new Date(at).toLocaleTimeString(undefined, { hour: 'numeric', minute: '2-digit' });
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  return isToday
    ? time
    : `${new Date(at).toLocaleDateString(undefined, { day: 'numeric', month: 'short' })}, ${time}`;
}

const numbers = new Intl.NumberFormat();

/** A number as this person's language writes it. */
export function count(n: number): string {
  return numbers.format(n);
}

/** "1 message", "318 messages". */
export function messages(n: number): string {
  return `${count(n)} ${n === 1 ? 'message' : 'messages'}`;
}

/** "812 B", "4.1 kB", "23 MB". */
export function bytes(n: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = n;
  let i = 0;
  while (size >= 1_000 && i < units.length - 1) {
    size /= 1_000;
    i++;
  }
  return `${i === 0 || size >= 10 ? Math.round(size) : size.toFixed(1)} ${units[i] ?? 'B'}`;
}
