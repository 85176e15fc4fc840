const mostQuoted = 200;

/** A stranger's words on one line, without what could steer a terminal or a page. */
export function quote(text: string): string {
  const plain = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return plain.length > mostQuoted ? `${plain.slice(0, mostQuoted)}...` : plain;
}

/** `a`, `a and b`, `a, b and c`; a long list ends in its number. */
export function list(items: string[], mostNamed = 4): string {
  const shown =
    items.length > mostNamed
      ? [...items.slice(0, mostNamed - 1), `${items.length - mostNamed + 1} more`]
      : items;
  const last = shown.at(-1) ?? '';
  return shown.length > 1 ? `${shown.slice(0, -1).join(', ')} and ${last}` : last;
}

/** `5 minutes`, `2 days`: a time to live as a person says it. */
export function duration(seconds: number): string {
  for (const [unit, name] of [
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
  ] as const) {
    if (seconds < unit) continue;
    const count = Math.round((seconds / unit) * 10) / 10;
    return `${count} ${name}${count === 1 ? '' : 's'}`;
  }
  return `${seconds} second${seconds === 1 ? '' : 's'}`;
}

/** `10 MiB` */
export function size(bytes: number): string {
  const mebi = bytes / 1024 / 1024;
  return mebi >= 1 ? `${Math.round(mebi * 10) / 10} MiB` : `${Math.round(bytes / 1024)} KiB`;
}
