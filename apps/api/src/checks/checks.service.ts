import { Injectable } from '@nestjs/common';
import type { Report } from '@holdfast/mx-check';
import { permit, type Actor } from '../access/actor';
import { findDomainId, readDomain } from '../domains/domain-sql';
import type { Domain } from '../domains/domains.dto';
import { NotHere, Problem } from '../http/problem';
import { TenantDatabase } from '../http/tenant-database';
import { CheckDesk } from './check-desk';
import type { DnsCheck, DnsChecks } from './checks.dto';

/** A check knocks at servers of the tenant's choice: nobody shall use us to knock at many. */
const mostInAMinute = 20;
const mostKept = 50;

/** Has a domain that is set up here checked, and keeps what was found. */
@Injectable()
export class ChecksService {
  constructor(
    private readonly database: TenantDatabase,
    private readonly desk: CheckDesk,
  ) {}

  async make(actor: Actor, idOrName: string): Promise<DnsCheck> {
    const asking = permit(actor, 'change-domains');
    const { domain, recent } = await this.read(asking, idOrName);
    if (asking.kind === 'person' && recent >= mostInAMinute)
      throw new Problem(
        429,
        'too-many',
        'Too many checks',
        'There were many checks in the last minute; wait a little.',
      );
    // Without a transaction: it takes seconds, and a connection to Postgres is worth more than that.
    const report = await this.desk.check(domain.domain, domain);
    await this.keep(asking, domain.id, report);
    return checkOf(report);
  }

  async list(actor: Actor, idOrName: string, limit: number): Promise<DnsChecks> {
    const asking = permit(actor, 'read-overview');
    const items = await this.database.first(asking, async ({ db }) => {
      const id = await findDomainId(db, idOrName);
      if (id === undefined) return undefined;
      const { rows } = await db.query<DnsCheck>(
        `select d.name as domain, c.verdict, c.summary, c.is_complete as complete, c.checked_at as "checkedAt", c.findings
         from dns_checks c join domains d on d.id = c.domain_id where c.domain_id = $1 order by c.checked_at desc limit $2`,
        [id, limit],
      );
      return rows;
    });
    if (!items) throw new NotHere('domain of this name');
    return { items };
  }

  private async read(actor: Actor, idOrName: string): Promise<{ domain: Domain; recent: number }> {
    const found = await this.database.first(actor, async ({ db }) => {
      const id = await findDomainId(db, idOrName);
      const domain = id && (await readDomain(db, id));
      if (!domain) return undefined;
      const { rows } = await db.query<{ n: number }>(
        `select count(*)::int as n from dns_checks c join domains d on d.id = $1 and d.tenant_id = c.tenant_id
         where c.checked_at > now() - interval '1 minute'`,
        [id],
      );
      return { domain, recent: rows[0]?.n ?? 0 };
    });
    if (!found) throw new NotHere('domain of this name');
    return found;
  }

  /** A domain that was removed meanwhile has no history any more. */
  private async keep(actor: Actor, domainId: string, report: Report): Promise<void> {
    const { checkedAt, verdict, summary, isComplete, findings } = report;
    await this.database.first(actor, async ({ db }) => {
      const { rowCount } = await db.query(
        `insert into dns_checks (tenant_id, domain_id, checked_at, verdict, summary, is_complete, findings)
         select tenant_id, id, $2, $3, $4, $5, $6 from domains where id = $1`,
        [domainId, checkedAt, verdict, summary, isComplete, JSON.stringify(findings)],
      );
      if (!rowCount) return undefined;
      await db.query(
        `delete from dns_checks where domain_id = $1 and id not in
           (select id from dns_checks where domain_id = $1 order by checked_at desc limit $2)`,
        [domainId, mostKept],
      );
      return true;
    });
  }
}

export function checkOf({ domain, verdict, summary, isComplete, checkedAt, findings }: Report): DnsCheck {
  return { domain, verdict, summary, complete: isComplete, checkedAt, findings };
}
