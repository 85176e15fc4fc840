import pg from 'pg';

// Counters are bigint; none of ours passes 2^53, and a string where a number is expected is a bug that adds by joining.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export interface PoolSettings {
  url: string;
  /** connections at most */
  max?: number;
  /** shown in pg_stat_activity, so that an operator sees who holds a lock */
  program: string;
}

/**
 * Connections to Postgres for one program. An idle connection that breaks is dropped and replaced on the next query: Postgres
 * restarting is weather, and must never end a program.
 */
export function openPool({ url, max = 8, program }: PoolSettings): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: program,
    connectionTimeoutMillis: 5_000,
    // A statement that hangs (a dead network, a lock) must come back as an error that somebody handles.
    statement_timeout: 30_000,
    keepAlive: true,
  });
  pool.on('error', () => undefined);
  // The same for one that somebody has in hand: its query fails, which is enough.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
