import type pg from 'pg';
import type { AnswerMemory } from './look-up';

/**
 * Longer than a registrar takes to mend what it broke, and shorter than a hoster takes to give an address to the next customer: mail must
 * not go to a stranger.
 */
const trustedForDays = 7;
/** An answer that stays the same is written so often. */
const confirmEveryMs = 3_600_000;
const mostKnown = 20_000;

/** What DNS last said, in Postgres: for all nodes, and over a restart. While Postgres is away there is none. */
export class RememberedAnswers implements AnswerMemory {
  private readonly written = new Map<string, { text: string; at: number }>();
  private tidiedOn = '';

  /** @param mayWrite false for who only asks */
  constructor(
    private readonly pool: pg.Pool,
    private readonly mayWrite = true,
  ) {}

  keep(name: string, kind: 'address' | 'mx', answer: unknown): void {
    if (!this.mayWrite || name.length > 253) return;
    const key = `${kind} ${name}`;
    const text = JSON.stringify(answer);
    const before = this.written.get(key);
    if (before && before.text === text && Date.now() - before.at < confirmEveryMs) return;
    if (this.written.size >= mostKnown) this.written.clear();
    this.written.set(key, { text, at: Date.now() });
    this.pool
      .query(
        `insert into known_answers (name, kind, answer) values ($1, $2, $3)
         on conflict (name, kind) do update set answer = excluded.answer, seen_at = now()`,
        [name.toLowerCase(), kind, text],
      )
      .then(() => this.tidyUp())
      .catch(() => this.written.delete(key));
  }

  /** Once a day: what is too old to be believed. */
  private async tidyUp(): Promise<void> {
    const today = new Date().toISOString().slice(0, 10);
    if (this.tidiedOn === today) return;
    this.tidiedOn = today;
    await this.pool.query('delete from known_answers where seen_at < now() - make_interval(days => $1)', [
      trustedForDays + 1,
    ]);
  }

  async recall(name: string, kind: 'address' | 'mx'): Promise<{ answer: unknown; seenAt: Date } | undefined> {
    try {
      const { rows } = await this.pool.query<{ answer: unknown; seenAt: Date }>(
        `select answer, seen_at as "seenAt" from known_answers
         where name = $1 and kind = $2 and seen_at > now() - make_interval(days => $3)`,
        [name.toLowerCase(), kind, trustedForDays],
      );
      return rows[0];
    } catch {
      return undefined;
    }
  }
}
