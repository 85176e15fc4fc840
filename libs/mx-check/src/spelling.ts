/**
 * Whether somebody meant one of our names and wrote another. Two mistakes make up nearly all: a letter or two, and a missing final
 * dot, by which the name server puts the domain behind our name.
 */
export function meantHost(host: string, ours: string[], domain: string): string | undefined {
  if (host === '' || ours.includes(host)) return undefined;
  return ours.find(
    (own) =>
      host === `${own}.${domain}` ||
      (host.length > 4 && own.endsWith(`.${host}`)) ||
      host.replaceAll(/[.-]/g, '') === own.replaceAll(/[.-]/g, '') ||
      distance(host, own) <= (own.length >= 8 ? 2 : 1),
  );
}

/** Letters to change, add, leave out or swap with their neighbour (optimal string alignment). Names are at most 253 long. */
export function distance(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, n) => n);
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const isSame = one[i - 1] === other[j - 1];
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[other.length] ?? 0;
}
