import type pg from 'pg';

/** The sentinel beats every two seconds; silent for longer, what it saw last proves nothing. */
const believedForSeconds = 15;
/** A transaction that was slow to commit carries an older time than we have read already. */
const overlap = '10 seconds';

/**
 * Which primaries the sentinel believes to be up. Only a fresh belief counts: with the sentinel silent, or Postgres away, nobody
 * knows, and mail is taken.
 */
export class Standings {
  private readonly up = new Set<string>();
  private readUpTo = '-infinity';
  private freshUntil = 0;

  isUp(domainId: string): boolean {
    return this.up.has(domainId) && performance.now() < this.freshUntil;
  }

  async read(pool: pg.Pool): Promise<void> {
    const began = performance.now();
    // The time travels as text: a Date would lose the microseconds, and with them rows.
    const { rows } = await pool.query<{
      domain_id: string | null;
      is_up: boolean;
      now: string;
      watched: boolean;
    }>(
      `select s.domain_id, s.is_up, (now() - interval '${overlap}')::text as now, w.watched
       from (select exists (select from programs where program = 'sentinel' and seen_at > now() - interval '${believedForSeconds} seconds') as watched) w
       left join primary_standings s on s.changed_at > $1::timestamptz`,
      [this.readUpTo],
    );
    for (const { domain_id, is_up } of rows) {
      if (domain_id === null) continue;
      if (is_up) this.up.add(domain_id);
      else this.up.delete(domain_id);
    }
    const [first] = rows;
    if (!first) return;
    this.readUpTo = first.now;
    if (first.watched) this.freshUntil = began + believedForSeconds * 1_000;
  }
}
