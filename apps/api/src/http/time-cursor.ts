import { isUuid, pageOf, type Page, type Part } from './page';
import { Invalid } from './problem';

/**
 * A place in a list that is sorted by time, newest first, and by id where times are equal. The time is in microseconds, as Postgres
 * compares it: a Date would lose three digits, and with them a row at every page's end.
 */
export interface TimeKey {
  id: string;
  micros: number;
}

/** `select`s the key of a row. */
export const microsOf = (column: string): string =>
  `(extract(epoch from ${column}) * 1000000)::bigint as micros`;

/** The condition "comes after the cursor", where `$1` and `$2` are what `cursorValues` gave. */
export const comesAfter = (column: string, id: string): string =>
  `($1::bigint is null or (${column} <= timestamptz 'epoch' + $1 * interval '1 microsecond'
     and (${column} < timestamptz 'epoch' + $1 * interval '1 microsecond' or ${id} > $2::uuid)))`;

/** @throws Invalid when it is not what a page gave as `next` */
export function cursorValues(after: string | undefined): [number | null, string | null] {
  if (after === undefined) return [null, null];
  const [micros = '', id = ''] = after.split('_');
  if (!/^\d{1,16}$/.test(micros) || !isUuid(id))
    throw new Invalid([{ field: 'after', message: 'must be the "next" of a page' }]);
  return [Number(micros), id];
}

/** A page of what has a time key; the key itself stays with us. */
export function pageByTime<T extends TimeKey>(parts: Part<T>[], limit: number): Page<Omit<T, 'micros'>> {
  const page = pageOf(
    parts,
    limit,
    (one, other) => other.micros - one.micros || (one.id < other.id ? -1 : 1),
    ({ micros, id }) => `${micros}_${id}`,
  );
  return { items: page.items.map(({ micros: _micros, ...item }) => item), next: page.next };
}
