import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';

/** A pool, a client, or a client in somebody's transaction: whoever calls decides under whose role and in which transaction. */
export interface Queryable {
  query<R extends QueryResultRow = QueryResultRow>(
    query: string | QueryConfig,
    values?: unknown[],
  ): Promise<QueryResult<R>>;
}
