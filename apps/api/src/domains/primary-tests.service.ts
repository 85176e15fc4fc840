import { Injectable } from '@nestjs/common';
import { channels, type Queryable } from '@holdfast/queue';
import { permit, type Actor } from '../access/actor';
import { isUuid } from '../http/page';
import { Conflict, NotHere } from '../http/problem';
import { TenantDatabase } from '../http/tenant-database';
import { findDomainId } from './domain-sql';
import type { PrimaryTest, TlsResult, TlsResults } from './primary-tests.dto';

const columns = `id, asked_at as "askedAt", done_at as "doneAt", steps`;
/** A test knocks at servers of the tenant's choice: nobody shall use us to knock at many. */
const mostInAMinute = 6;

/** Has connections to primaries tried, by a relay, and shows how encryption to them went. */
@Injectable()
export class PrimaryTestsService {
  constructor(private readonly database: TenantDatabase) {}

  async begin(actor: Actor, idOrName: string): Promise<PrimaryTest> {
    const asking = permit(actor, 'change-domains');
    return this.at(asking, idOrName, async (db, domainId) => {
      await db.query(
        `delete from primary_tests where domain_id = $1 and asked_at < now() - interval '1 day'`,
        [domainId],
      );
      const recent = await db.query<{ n: number }>(
        `select count(*)::int as n from primary_tests t join domains d on d.id = $1 and t.tenant_id = d.tenant_id
         where t.asked_at > now() - interval '1 minute'`,
        [domainId],
      );
      if ((recent.rows[0]?.n ?? 0) >= mostInAMinute)
        throw new Conflict(
          'too-many-tests',
          'Too many tests',
          'There were many tests in the last minute; wait a little.',
        );
      const { rows } = await db.query<PrimaryTest>(
        `insert into primary_tests (tenant_id, domain_id) select tenant_id, id from domains where id = $1 returning ${columns}`,
        [domainId],
      );
      const test = rows[0] as PrimaryTest;
      await db.query('select pg_notify($1, $2)', [channels.test, JSON.stringify({ test: test.id })]);
      return test;
    });
  }

  async show(actor: Actor, idOrName: string, id: string): Promise<PrimaryTest> {
    const asking = permit(actor, 'read-overview');
    return this.at(asking, idOrName, async (db, domainId) => {
      const { rows } = isUuid(id)
        ? await db.query<PrimaryTest>(
            `select ${columns} from primary_tests where id = $1 and domain_id = $2`,
            [id, domainId],
          )
        : { rows: [] };
      if (!rows[0]) throw new NotHere('test of this id');
      return rows[0];
    });
  }

  async results(actor: Actor, idOrName: string): Promise<TlsResults> {
    const asking = permit(actor, 'read-overview');
    return this.at(asking, idOrName, async (db, domainId) => {
      const { rows } = await db.query<TlsResult>(
        `select to_char(day, 'YYYY-MM-DD') as day, policy, result, count::float8 as count from tls_results
         where domain_id = $1 and day > current_date - 30 order by tls_results.day desc, policy, result`,
        [domainId],
      );
      return { items: rows };
    });
  }

  private async at<T>(
    actor: Actor,
    idOrName: string,
    work: (db: Queryable, domainId: string) => Promise<T>,
  ): Promise<T> {
    const done = await this.database.first(actor, async ({ db }) => {
      const id = await findDomainId(db, idOrName);
      return id === undefined ? undefined : { result: await work(db, id) };
    });
    if (!done) throw new NotHere('domain of this name');
    return done.result;
  }
}
