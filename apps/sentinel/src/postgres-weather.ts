import type { Log } from '@holdfast/daemon';

/**
 * Knows whether Postgres is there, and says so once when that changes. An error that Postgres itself reports about one of our
 * statements is no weather: it is logged whole, each time.
 */
export class PostgresWeather {
  private isAway = false;

  constructor(private readonly log: Log) {}

  get reasons(): string[] {
    return this.isAway ? ['Postgres cannot be reached'] : [];
  }

  readonly see = (isThere: boolean, error?: unknown): void => {
    if (!isThere && !isWeather(error)) return this.log('failed', { while: 'asking Postgres', error });
    if (isThere === !this.isAway) return;
    this.isAway = !isThere;
    if (isThere) this.log('postgres-back');
    else this.log('postgres-lost', { error: error instanceof Error ? error.message : String(error) });
  };
}

/** Classes 08 (connection), 53 (out of something) and 57 (shutting down, cancelled) of SQLSTATE, and whatever never got that far. */
function isWeather(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || /^(08|53|57)/.test(code);
}
