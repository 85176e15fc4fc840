/**
 * What counts as now. Left out or null, Postgres' own clock, which all nodes share. Where specs let a month pass in seconds, theirs.
 */
export type AsOf = Date | null | undefined;

/** @param parameter such as `$3`, whose value is an AsOf. Stable, so that an index on a time is used as with now(). */
export const nowOr = (parameter: string): string => `coalesce(${parameter}::timestamptz, now())`;
