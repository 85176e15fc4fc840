import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '@holdfast/daemon';
import { readRule } from '@holdfast/directory';
import type { Queryable } from '@holdfast/queue';
import { byWhom, permit, type Actor } from '../access/actor';
import { LOG } from '../http/log';
import { pageOf, partOf } from '../http/page';
import { Invalid, NotHere, type FieldProblem } from '../http/problem';
import { TenantDatabase } from '../http/tenant-database';
import { findTenant } from '../tenants/tenant-sql';
import type { ChangedRules, FilterRule, RuleChanges, RulePage, RuleQuery } from './filter-rules.dto';

/** Networks are compared one after the other, for each message: this many are still nothing beside the rest. */
const mostRules = 5_000;

/** Keeps whom each tenant allows or blocks. Port 25 hears of each change by the table's own triggers. */
@Injectable()
export class FilterRulesService {
  constructor(
    private readonly database: TenantDatabase,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async list(actor: Actor, tenant: string, { limit, after, verdict }: RuleQuery): Promise<RulePage> {
    const asking = permit(actor, 'read-messages');
    const part = await this.database.first(asking, async ({ db }) => {
      const found = await findTenant(db, tenant);
      if (!found) return undefined;
      const { rows } = await db.query<FilterRule>(
        `select pattern, verdict, created_at as "createdAt" from filter_rules
         where tenant_id = $1 and ($2::text is null or verdict = $2) and ($3::text is null or pattern || ' ' || verdict > $3)
         order by pattern || ' ' || verdict limit $4`,
        [found.id, verdict ?? null, after ?? null, limit + 1],
      );
      return partOf(rows, limit);
    });
    if (!part) throw new NotHere('tenant of this name');
    return pageOf(
      [part],
      limit,
      () => 0,
      (rule) => `${rule.pattern} ${rule.verdict}`,
    );
  }

  /** All of it, or nothing when one pattern is wrong. */
  async change(actor: Actor, tenant: string, changes: RuleChanges): Promise<ChangedRules> {
    const asking = permit(actor, 'change-filters');
    const { allow, block, forget } = readPatterns(changes);
    const changed = await this.database.first(asking, async ({ db }) => {
      const found = await findTenant(db, tenant);
      if (!found) return undefined;
      const removed =
        (await take(db, found.id, forget, null)) +
        (await take(db, found.id, allow, 'block')) +
        (await take(db, found.id, block, 'allow'));
      const added = (await put(db, found.id, allow, 'allow')) + (await put(db, found.id, block, 'block'));
      return { id: found.id, counts: { added, removed, total: await totalOf(db, found.id, changes) } };
    });
    if (!changed) throw new NotHere('tenant of this name');
    this.log('changed-by-person', {
      what: 'filter rules changed',
      tenantId: changed.id,
      ...changed.counts,
      by: byWhom(actor),
    });
    return changed.counts;
  }
}

/** @throws Invalid that names every wrong one, and what is in two lists at once */
function readPatterns(changes: RuleChanges): Record<keyof RuleChanges, string[]> {
  const errors: FieldProblem[] = [];
  const seen = new Set<string>();
  const read = (field: keyof RuleChanges): string[] => {
    const patterns = (changes[field] ?? []).map((text, n) => {
      const pattern = text.length <= 320 ? readRule(text) : undefined;
      if (pattern === undefined)
        errors.push({
          field: `${field}[${n}]`,
          message: 'must be an address, a domain, an IP address or a network such as 192.0.2.0/24',
        });
      else if (seen.has(pattern))
        errors.push({ field: `${field}[${n}]`, message: 'is in another list of this request too' });
      return pattern ?? '';
    });
    for (const pattern of patterns) seen.add(pattern);
    return [...new Set(patterns)];
  };
  const lists = { allow: read('allow'), block: read('block'), forget: read('forget') };
  if (errors.length > 0) throw new Invalid(errors.slice(0, 20));
  return lists;
}

/** Takes patterns out of one list, or (null) out of both. */
async function take(
  db: Queryable,
  tenantId: string,
  patterns: string[],
  verdict: FilterRule['verdict'] | null,
): Promise<number> {
  if (patterns.length === 0) return 0;
  const { rows } = await db.query(
    `delete from filter_rules where tenant_id = $1 and pattern = any($2::text[]) and ($3::text is null or verdict = $3) returning 1`,
    [tenantId, patterns, verdict],
  );
  return rows.length;
}

async function put(
  db: Queryable,
  tenantId: string,
  patterns: string[],
  verdict: FilterRule['verdict'],
): Promise<number> {
  if (patterns.length === 0) return 0;
  const { rows } = await db.query(
    `insert into filter_rules (tenant_id, verdict, pattern) select $1, $2, unnest($3::text[])
     on conflict do nothing returning 1`,
    [tenantId, verdict, patterns],
  );
  return rows.length;
}

async function totalOf(db: Queryable, tenantId: string, changes: RuleChanges): Promise<number> {
  const { rows } = await db.query<{ total: number }>(
    'select count(*) as total from filter_rules where tenant_id = $1',
    [tenantId],
  );
  const total = rows[0]?.total ?? 0;
  if (total > mostRules)
    throw new Invalid([
      {
        field: changes.block?.length ? 'block' : 'allow',
        message: `would make more than ${mostRules} rules`,
      },
    ]);
  return total;
}
