import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '@holdfast/daemon';
import { defaultFilter } from '@holdfast/directory';
import type { Queryable } from '@holdfast/queue';
import { byWhom, permit, type Actor } from '../access/actor';
import { LOG } from '../http/log';
import { Invalid, NotHere } from '../http/problem';
import { TenantDatabase } from '../http/tenant-database';
import { findTenant } from '../tenants/tenant-sql';
import type { Filter, FilterChanges } from './filters.dto';

/** Keeps what each tenant wants done with mail that looks bad. Port 25 hears of each change by the table's own triggers. */
@Injectable()
export class FiltersService {
  constructor(
    private readonly database: TenantDatabase,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async show(actor: Actor, tenant: string): Promise<Filter> {
    const asking = permit(actor, 'read-overview');
    const filter = await this.database.first(asking, async ({ db }) => {
      const found = await findTenant(db, tenant);
      return found && readFilter(db, found);
    });
    if (!filter) throw new NotHere('tenant of this name');
    return filter;
  }

  async change(actor: Actor, tenant: string, changes: FilterChanges): Promise<Filter> {
    const asking = permit(actor, 'change-filters');
    const columns = {
      spam: changes.spam ?? undefined,
      malware: changes.malware ?? undefined,
      blocked: changes.blocked ?? undefined,
      block_list: changes.blockList ?? undefined,
      own_domain: changes.ownDomain ?? undefined,
      unknown_recipient: changes.unknownRecipient ?? undefined,
      reject_score: changes.rejectScore,
      tag_score: changes.tagScore,
    };
    const set = Object.entries(columns).filter(([, value]) => value !== undefined);
    const changed = await this.database.first(asking, async ({ db }) => {
      const found = await findTenant(db, tenant);
      if (!found) return undefined;
      if (set.length > 0) await writeFilter(db, found.id, set);
      const filter = await readFilter(db, found);
      if ((filter.tagScore ?? 0) > (filter.rejectScore ?? Infinity))
        throw new Invalid([
          {
            field: changes.tagScore === undefined ? 'rejectScore' : 'tagScore',
            message: `would mark mail from ${filter.tagScore} that is spam from ${filter.rejectScore} already`,
          },
        ]);
      return { id: found.id, filter };
    });
    if (!changed) throw new NotHere('tenant of this name');
    this.log('changed-by-person', {
      what: 'filter changed',
      tenantId: changed.id,
      changes,
      by: byWhom(actor),
    });
    return changed.filter;
  }
}

/** A tenant that said nothing has no row; its first word makes one, and all that it left out has the column's default. */
async function writeFilter(db: Queryable, tenantId: string, set: [string, unknown][]): Promise<void> {
  const names = set.map(([column]) => column);
  await db.query(
    `insert into tenant_filters (tenant_id, ${names.join(', ')}) values ($1, ${names.map((_, n) => `$${n + 2}`).join(', ')})
     on conflict (tenant_id) do update set ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    [tenantId, ...set.map(([, value]) => value)],
  );
}

/** Without a row: what port 25 does then. */
const { spam, malware, blocked, blockList, ownDomain, unknownRecipient, rejectScore, tagScore } =
  defaultFilter;
const unsaid = { spam, malware, blocked, blockList, ownDomain, unknownRecipient, rejectScore, tagScore };

async function readFilter(db: Queryable, { id, name }: { id: string; name: string }): Promise<Filter> {
  const { rows } = await db.query<Omit<Filter, 'tenant' | 'rules'>>(
    `select spam, malware, blocked, block_list as "blockList", own_domain as "ownDomain", unknown_recipient as "unknownRecipient",
       reject_score as "rejectScore", tag_score as "tagScore"
     from tenant_filters where tenant_id = $1`,
    [id],
  );
  const counts = await db.query<Filter['rules']>(
    `select count(*) filter (where verdict = 'allow') as allow, count(*) filter (where verdict = 'block') as block
     from filter_rules where tenant_id = $1`,
    [id],
  );
  return { tenant: name, ...(rows[0] ?? unsaid), rules: counts.rows[0] ?? { allow: 0, block: 0 } };
}
