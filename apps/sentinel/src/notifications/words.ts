/** How numbers and times stand in our mails: plain, with unit and zone. */

export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-GB')} ${n === 1 ? one : many}`;

/** `1.2 GB`, as the console says it */
export function bytes(n: number): string {
  const names = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (n >= 1000 && unit < names.length - 1) {
    n /= 1000;
    unit++;
  }
  const digits = unit === 0 || n >= 100 ? 0 : 1;
  return `${n.toLocaleString('en-GB', { maximumFractionDigits: digits })} ${names[unit]}`;
}

/** `14:03 UTC on 23 November 2026` */
export function moment(at: Date): string {
  return `${clockTime(at)} UTC on ${date(at)}`;
}

/** `from 14:03 to 14:45 UTC on 23 November 2026`, or with both dates when there are two */
export const fromTo = (from: Date, to: Date): string =>
  date(from) === date(to)
    ? `from ${clockTime(from)} to ${moment(to)}`
    : `from ${moment(from)} to ${moment(to)}`;

/** `14:03` */
export const clockTime = (at: Date): string => at.toISOString().slice(11, 16);

/** `23 November 2026` */
export const date = (at: Date): string =>
  at.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });

const units = [
  { ms: 86_400_000, name: 'day' },
  { ms: 3_600_000, name: 'hour' },
  { ms: 60_000, name: 'minute' },
  { ms: 1_000, name: 'second' },
];

/** `42 minutes`, `1 hour 5 minutes`, `3 days 2 hours`: the two largest units, which is as exact as anybody needs. */
export function duration(ms: number): string {
  const largest = units.findIndex((unit) => ms >= unit.ms);
  if (largest === -1) return 'less than a second';
  const parts: string[] = [];
  let rest = ms;
  for (const { ms: size, name } of units.slice(largest, largest + 2)) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (n > 0) parts.push(count(n, name));
  }
  return parts.join(' ');
}

/** From outside, and so on one line and without anything that steers a terminal, a header or the direction of text. */
export function oneLine(text: string, most = 300): string {
  const clean = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return clean.length > most ? `${clean.slice(0, most - 1)}…` : clean;
}

/** Enumerates: `a`, `a and b`, `a, b and c`. */
export function list(parts: string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${String(parts.at(-1))}`;
}
