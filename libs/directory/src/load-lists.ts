import type pg from 'pg';
import { RecipientList } from './recipient-list';
import { RecipientSet, hashesIn } from './recipient-set';

/** 350 KB of digests a question. */
const pageOfRecipients = 50_000;
/** Up to so many lists are read one by one; more, and reading all recipients in one go costs less. */
const mostOneByOne = 100;

/**
 * Reads the lists of the domains in `wanted` whose revision is not the one in `known`. The revision is read before the rows: a
 * change between the two is announced afterwards, and following it twice does no harm.
 * @returns only what changed
 */
export async function loadLists(
  pool: pg.Pool,
  wanted: ReadonlySet<string>,
  known: (domainId: string) => number | undefined,
): Promise<Map<string, RecipientList>> {
  const changed = new Map<string, number>();
  for (const domainId of wanted) if (known(domainId) === undefined) changed.set(domainId, 0);
  const revisions = await pool.query<{ domain_id: string; revision: number }>(
    'select domain_id, revision from recipient_lists where $1::uuid[] is null or domain_id = any($1::uuid[])',
    [wanted.size > mostOneByOne ? null : [...wanted]],
  );
  for (const { domain_id, revision } of revisions.rows)
    if (wanted.has(domain_id) && known(domain_id) !== revision) changed.set(domain_id, revision);
  const runs = new Map<string, Float64Array[]>();
  const keep = (page: Page[]): void => {
    for (const { domain_id, digests } of page) {
      if (!changed.has(domain_id)) continue;
      const mine = runs.get(domain_id);
      if (mine) mine.push(hashesIn(digests));
      else runs.set(domain_id, [hashesIn(digests)]);
    }
  };
  if (changed.size > mostOneByOne) await readAll(pool, keep);
  else for (const domainId of changed.keys()) await readOne(pool, domainId, keep);
  const patterns = await loadPatterns(pool, [...changed.keys()]);
  return new Map(
    Array.from(changed, ([domainId, revision]) => {
      const set = RecipientSet.ofHashes(runs.get(domainId) ?? []);
      runs.delete(domainId);
      return [domainId, new RecipientList(revision, set, patterns.get(domainId) ?? [])];
    }),
  );
}

interface Page {
  domain_id: string;
  rows: number;
  last: string;
  digests: Buffer;
}

// The digests are RecipientSet's. Postgres makes them, so that a million addresses arrive as seven megabytes and no strings.
const pageSql = (where: string): string => `
  select domain_id, count(*) as rows, max(local_part) as last,
    string_agg(substr(sha256(convert_to(lower(local_part collate "C"), 'UTF8')), 1, 7), ''::bytea) as digests
  from (select domain_id, local_part from recipients where ${where} order by domain_id, local_part limit ${pageOfRecipients}) page
  group by domain_id order by domain_id`;

async function readAll(pool: pg.Pool, keep: (page: Page[]) => void): Promise<void> {
  let after: [string, string] = ['00000000-0000-0000-0000-000000000000', ''];
  for (;;) {
    const { rows } = await pool.query<Page>(pageSql('(domain_id, local_part) > ($1, $2)'), after);
    keep(rows);
    const last = rows.at(-1);
    if (!last || rows.reduce((sum, page) => sum + page.rows, 0) < pageOfRecipients) return;
    after = [last.domain_id, last.last];
  }
}

async function readOne(pool: pg.Pool, domainId: string, keep: (page: Page[]) => void): Promise<void> {
  for (let after = ''; ;) {
    const { rows } = await pool.query<Page>(pageSql('domain_id = $1 and local_part > $2'), [domainId, after]);
    const [page] = rows;
    if (!page) return;
    keep([page]);
    if (page.rows < pageOfRecipients) return;
    after = page.last;
  }
}

async function loadPatterns(pool: pg.Pool, domainIds: string[]): Promise<Map<string, string[]>> {
  if (domainIds.length === 0) return new Map();
  const { rows } = await pool.query<{ domain_id: string; patterns: string[] }>(
    `select domain_id, array_agg(lower(local_part collate "C") order by local_part) as patterns from recipients
     where position('*' in local_part) > 0 and domain_id = any($1::uuid[]) group by domain_id`,
    [domainIds],
  );
  return new Map(rows.map((row) => [row.domain_id, row.patterns]));
}
