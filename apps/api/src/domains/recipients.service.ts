import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '@holdfast/daemon';
import type { Queryable } from '@holdfast/queue';
import { byWhom, permit, type Actor } from '../access/actor';
import { LOG } from '../http/log';
import { pageOf, partOf, type PageQuery } from '../http/page';
import { Invalid, NotHere } from '../http/problem';
import { TenantDatabase } from '../http/tenant-database';
import { findDomainId } from './domain-sql';
import { rowsOf } from './recipient-file';
import { localPartsOf, readRecipient } from './recipient-list';
import type { ChangedRecipients, RecipientChanges, RecipientPage, RowProblem } from './recipients.dto';

/** Rows that go to Postgres in one statement. */
const mostInBatch = 10_000;
const mostProblems = 1_000;
/** Every unknown recipient is compared with each of them. */
const mostPatterns = 100;

interface Place {
  db: Queryable;
  id: string;
  tenantId: string;
  name: string;
}

/** Keeps the lists of recipients. Port 25 hears of each change by the tables' own triggers. */
@Injectable()
export class RecipientsService {
  constructor(
    private readonly database: TenantDatabase,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async list(actor: Actor, idOrName: string, page: PageQuery): Promise<RecipientPage> {
    const asking = permit(actor, 'read-overview');
    return this.at(asking, idOrName, async ({ db, id, name }) => {
      const { rows } = await db.query<{ local_part: string }>(
        `select local_part from recipients where domain_id = $1 and ($2::text is null or local_part > $2)
         order by local_part limit $3`,
        [id, page.after ?? null, page.limit + 1],
      );
      const part = partOf(
        rows.map(({ local_part }) => ({ address: `${local_part}@${name}` })),
        page.limit,
      );
      const localPartOf = ({ address }: { address: string }): string => address.slice(0, -name.length - 1);
      return pageOf([part], page.limit, () => 0, localPartOf);
    });
  }

  /** Adds and removes some. All of it, or nothing when one is wrong. */
  async change(actor: Actor, idOrName: string, changes: RecipientChanges): Promise<ChangedRecipients> {
    const asking = permit(actor, 'change-domains');
    const changed = await this.at(asking, idOrName, async ({ db, id, tenantId, name }) => {
      const add = localPartsOf(changes.add ?? [], name, 'add');
      const remove = localPartsOf(changes.remove ?? [], name, 'remove');
      const errors = [...add.errors, ...remove.errors];
      if (errors.length > 0) throw new Invalid(errors);
      const removed = await db.query(
        'delete from recipients where domain_id = $1 and local_part = any($2::text[]) returning 1 as one',
        [id, remove.localParts],
      );
      const added = await db.query(
        `insert into recipients (tenant_id, domain_id, local_part) select $1, $2, unnest($3::text[])
         on conflict do nothing returning 1 as one`,
        [tenantId, id, add.localParts],
      );
      const counts = { added: added.rows.length, removed: removed.rows.length };
      return { ...counts, total: await totalOf(db, id, 'add'), problemCount: 0, problems: [] };
    });
    this.tell(actor, idOrName, changed);
    return changed;
  }

  /**
   * Takes a file of recipients while it comes in. Lines that are no recipients are passed over and named; the list changes at the
   * end, in one transaction, and not at all when the file has no recipient in it.
   */
  async take(
    actor: Actor,
    idOrName: string,
    mode: 'replace' | 'add',
    file: AsyncIterable<Buffer>,
  ): Promise<ChangedRecipients> {
    const asking = permit(actor, 'change-domains');
    const changed = await this.at(asking, idOrName, async ({ db, id, tenantId, name }) => {
      await db.query('create temp table incoming (local_part text primary key) on commit drop');
      const { problems, problemCount } = await gather(db, name, file);
      await db.query('analyze incoming');
      const { rows } = await db.query<{ some: boolean }>('select exists (select from incoming) as some');
      if (!rows[0]?.some)
        throw new Invalid([
          { field: 'file', message: `has no recipient of ${name} in it; the list stays as it is` },
        ]);
      const removed =
        mode === 'replace'
          ? await counted(
              db,
              `delete from recipients r where r.domain_id = $1
               and not exists (select from incoming i where i.local_part = r.local_part) returning 1`,
              [id],
            )
          : 0;
      const added = await counted(
        db,
        `insert into recipients (tenant_id, domain_id, local_part) select $1, $2, local_part from incoming
         on conflict do nothing returning 1`,
        [tenantId, id],
      );
      return { added, removed, total: await totalOf(db, id, 'file'), problemCount, problems };
    });
    this.tell(actor, idOrName, changed);
    return changed;
  }

  private async at<T>(actor: Actor, idOrName: string, work: (place: Place) => Promise<T>): Promise<T> {
    const found = await this.database.first(actor, async ({ db }) => {
      const id = await findDomainId(db, idOrName);
      if (!id) return undefined;
      const { rows } = await db.query<{ tenantId: string; name: string }>(
        'select tenant_id as "tenantId", name from domains where id = $1',
        [id],
      );
      return rows[0] && { result: await work({ db, id, ...rows[0] }) };
    });
    if (!found) throw new NotHere('domain of this name');
    return found.result;
  }

  private tell(actor: Actor, domain: string, { added, removed }: ChangedRecipients): void {
    this.log('changed-by-person', { what: 'recipients changed', domain, added, removed, by: byWhom(actor) });
  }
}

/** Reads the file into the table `incoming`. */
async function gather(
  db: Queryable,
  domain: string,
  file: AsyncIterable<Buffer>,
): Promise<{ problems: RowProblem[]; problemCount: number }> {
  const problems: RowProblem[] = [];
  let problemCount = 0;
  let batch: string[] = [];
  const flush = async (): Promise<void> => {
    await db.query('insert into incoming select unnest($1::text[]) on conflict do nothing', [batch]);
    batch = [];
  };
  for await (const { row, cell } of rowsOf(file)) {
    const read = cell === undefined ? { problem: 'is too long' } : readRecipient(cell, domain);
    if ('localPart' in read) batch.push(read.localPart);
    else if (++problemCount <= mostProblems) problems.push({ row, message: read.problem });
    if (batch.length >= mostInBatch) await flush();
  }
  await flush();
  return { problems, problemCount };
}

async function counted(db: Queryable, statement: string, values: unknown[]): Promise<number> {
  const { rows } = await db.query<{ rows: number }>(
    `with changed as (${statement}) select count(*) as rows from changed`,
    values,
  );
  return rows[0]?.rows ?? 0;
}

async function totalOf(db: Queryable, id: string, field: string): Promise<number> {
  const { rows } = await db.query<{ total: number; patterns: number }>(
    `select coalesce((select listed from recipient_lists where domain_id = $1), 0) as total,
       (select count(*) from recipients where domain_id = $1 and position('*' in local_part) > 0) as patterns`,
    [id],
  );
  if ((rows[0]?.patterns ?? 0) > mostPatterns)
    throw new Invalid([{ field, message: `would make more than ${mostPatterns} patterns in the list` }]);
  return rows[0]?.total ?? 0;
}
