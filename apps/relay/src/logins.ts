import type { SecretBox } from '@holdfast/directory';
import type { Queryable } from '@holdfast/queue';
import type { Login } from './auth';
import { NotAsDemanded } from './words-for-failures';

/** Fetches what a primary wants to hear as a login, at each connection: a changed password is in force with the next one. */
export class Logins {
  constructor(
    private readonly db: Queryable,
    private readonly box: SecretBox,
  ) {}

  /** @throws NotAsDemanded when there is none that can be read */
  async of(primaryId: string): Promise<Login> {
    const { rows } = await this.db.query<{ login: string; sealed: string }>(
      'select p.login, s.sealed from primaries p join primary_secrets s on s.primary_id = p.id where p.id = $1',
      [primaryId],
    );
    const [row] = rows;
    const secret = row && this.box.open(row.sealed, primaryId);
    if (row && secret !== undefined) return { user: row.login, secret };
    throw new NotAsDemanded(
      row
        ? 'the password for this primary was kept with another key than this node has; set it again'
        : 'the password for this primary is missing; set it again',
    );
  }
}
