import type pg from 'pg';

/** All or nothing. What is told by NOTIFY inside is heard by others when it is committed, and never otherwise. */
export async function inTransaction<T>(pool: pg.Pool, work: (db: pg.PoolClient) => Promise<T>): Promise<T> {
  const db = await pool.connect();
  let broken: Error | undefined;
  try {
    await db.query('begin');
    const result = await work(db);
    await db.query('commit');
    return result;
  } catch (error) {
    broken = error as Error;
    // A connection that broke cannot roll back; Postgres has done it by then.
    await db.query('rollback').then(
      () => (broken = undefined),
      () => undefined,
    );
    throw error;
  } finally {
    db.release(broken);
  }
}
