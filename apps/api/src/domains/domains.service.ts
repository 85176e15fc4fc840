import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '@holdfast/daemon';
import { asciiDomain } from '@holdfast/mail';
import { pullLever, type Queryable } from '@holdfast/queue';
import { byWhom, permit, type Actor } from '../access/actor';
import { CONFIG, type Config } from '../config';
import { LOG } from '../http/log';
import { pageOf, partOf, type PageQuery } from '../http/page';
import { Conflict, Invalid, NotAllowed, NotHere, type FieldProblem } from '../http/problem';
import { TenantDatabase } from '../http/tenant-database';
import { findDomainId, listDomains, readDomain } from './domain-sql';
import type { Domain, DomainChanges, DomainPage, NewDomain } from './domains.dto';
import { checkPrimaryHost } from './primary-host';
import { localPartsOf } from './recipient-list';

/** Keeps the list of what is backed up. Port 25 hears of each change by the tables' own triggers. */
@Injectable()
export class DomainsService {
  constructor(
    private readonly database: TenantDatabase,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async list(actor: Actor, page: PageQuery): Promise<DomainPage> {
    const asking = permit(actor, 'read-overview');
    const parts = await this.database.each(asking, async ({ db }) =>
      partOf(await listDomains(db, page), page.limit),
    );
    return pageOf(
      parts,
      page.limit,
      (one, other) => (one.domain < other.domain ? -1 : 1),
      ({ domain }) => domain,
    );
  }

  async show(actor: Actor, idOrName: string): Promise<Domain> {
    const asking = permit(actor, 'read-overview');
    const domain = await this.database.first(asking, async ({ db }) => {
      const id = await findDomainId(db, idOrName);
      return id && readDomain(db, id);
    });
    if (!domain) throw new NotHere('domain of this name');
    return domain;
  }

  /** Takes a domain under the tenant's name. Answers when it is in the database: port 25 knows it within a second. */
  async add(actor: Actor, wanted: NewDomain): Promise<Domain> {
    const asking = permit(actor, 'change-domains');
    if (wanted.verified && asking.kind !== 'operator') {
      throw new NotAllowed('Only an operator may vouch for a domain; leave "verified" out.');
    }
    const tenantId = tenantFor(asking);
    const { name, host, localParts } = this.check(wanted);
    const id = await this.database.asTenant(tenantId, async (db) => {
      const id = await insertDomain(db, tenantId, name, wanted);
      await db.query(
        'insert into primaries (tenant_id, domain_id, host, port, tls_policy) values ($1, $2, $3, $4, $5)',
        [tenantId, id, host, wanted.primary.port, wanted.primary.tlsPolicy],
      );
      await db.query(
        'insert into recipients (tenant_id, domain_id, local_part) select $1, $2, unnest($3::text[]) on conflict do nothing',
        [tenantId, id, localParts],
      );
      return id;
    });
    this.log('changed-by-person', { what: 'domain added', domain: name, tenantId, by: byWhom(actor) });
    return this.show(asking, id);
  }

  /** Changes what port 25 asks about a domain; in force within a second. */
  async change(actor: Actor, idOrName: string, changes: DomainChanges): Promise<Domain> {
    const asking = permit(actor, 'change-domains');
    const columns = {
      recipient_policy: changes.recipients ?? undefined,
      has_plus_addressing: changes.plusAddressing ?? undefined,
      when_primary_up: changes.whenPrimaryUp ?? undefined,
      defer_minutes: changes.deferMinutes ?? undefined,
      max_message_bytes: changes.maxMessageBytes,
      max_messages_per_hour: changes.maxMessagesPerHour,
      retention_days: changes.retentionDays,
    };
    const set = Object.entries(columns).filter(([, value]) => value !== undefined);
    const domain = await this.database.first(asking, async ({ db }) => {
      const id = await findDomainId(db, idOrName);
      if (!id) return undefined;
      const assignments = set.map(([column], index) => `${column} = $${index + 2}`).join(', ');
      if (set.length > 0)
        await db.query(`update domains set ${assignments} where id = $1`, [
          id,
          ...set.map(([, value]) => value),
        ]);
      const changed = await readDomain(db, id);
      if (changes.recipients === 'list' && changed?.recipientsListed === 0)
        throw new Invalid([
          {
            field: 'recipients',
            message: 'can be "list" once the list has a recipient: all others are refused',
          },
        ]);
      if (changed && (changes.retentionDays ?? 0) > changed.retentionDays)
        throw new Invalid([
          {
            field: 'retentionDays',
            message: `must not be above ${changed.retentionDays}, what the tenant may have`,
          },
        ]);
      return changed;
    });
    if (!domain) throw new NotHere('domain of this name');
    this.log('changed-by-person', {
      what: 'domain changed',
      domain: domain.domain,
      changes,
      by: byWhom(actor),
    });
    return domain;
  }

  /** Forgets a domain. What is held for it is never lost silently: it blocks the removal, or is discarded by the word of who asks. */
  async remove(actor: Actor, idOrName: string, held: 'discard' | undefined): Promise<void> {
    const asking = permit(actor, 'change-domains');
    const name = await this.database.first(asking, async ({ db }) => {
      const id = await findDomainId(db, idOrName);
      if (!id) return undefined;
      const { rows } = await db.query<{ name: string }>('select name from domains where id = $1 for update', [
        id,
      ]);
      if (held === 'discard') await pullLever(db, 'discard', { domainId: id });
      // Counted, not read from the counters: this decides whether mail is lost.
      const waiting = await db.query<{ state: string }>(
        'select state from deliveries where domain_id = $1 limit 1',
        [id],
      );
      if (waiting.rows[0]) throw holdsMail(held);
      await db.query('delete from domains where id = $1', [id]);
      return rows[0]?.name;
    });
    if (!name) throw new NotHere('domain of this name');
    this.log('changed-by-person', { what: 'domain removed', domain: name, by: byWhom(actor) });
  }

  private check(wanted: NewDomain): { name: string; host: string; localParts: string[] } {
    const errors: FieldProblem[] = [];
    const name = asciiDomain(wanted.domain.trim());
    if (!name || !isMailDomain(name))
      errors.push({ field: 'domain', message: 'must be a domain name such as example.org' });
    const checked = checkPrimaryHost(wanted.primary.host, {
      mayBePrivate: this.config.mayUsePrivatePrimaries,
      ownHostname: this.config.hostname,
    });
    if ('refusal' in checked) errors.push({ field: 'primary.host', message: checked.refusal });
    const isList = wanted.recipients === 'list';
    const list = localPartsOf(isList ? (wanted.addresses ?? []) : [], name ?? '');
    errors.push(...list.errors);
    if (isList && list.localParts.length === 0 && list.errors.length === 0) {
      errors.push({
        field: 'addresses',
        message: 'must name at least one address: with the policy "list", all others are refused',
      });
    }
    if (!isList && wanted.addresses?.length) {
      errors.push({ field: 'addresses', message: 'belong to the policy "list" and to no other' });
    }
    if (errors.length > 0 || !name || 'refusal' in checked) throw new Invalid(errors);
    return { name, host: checked.host, localParts: list.localParts };
  }
}

async function insertDomain(
  db: Queryable,
  tenantId: string,
  name: string,
  wanted: NewDomain,
): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    `insert into domains (tenant_id, name, state, recipient_policy, verified_at)
     values ($1, $2, $3, $4, case when $3 = 'active' then now() end) on conflict (name) do nothing returning id`,
    [tenantId, name, wanted.verified ? 'active' : 'pending', wanted.recipients ?? 'any'],
  );
  if (!rows[0]) {
    throw new Conflict(
      'domain-already-claimed',
      'Domain already claimed',
      `${name} is already backed up here.`,
      [{ field: 'domain', message: 'is already backed up here' }],
    );
  }
  return rows[0].id;
}

/** The one tenant that something new is to belong to. */
function tenantFor(actor: Actor): string {
  const tenantIds =
    actor.kind === 'operator'
      ? actor.tenant
        ? [actor.tenant.id]
        : []
      : actor.memberships.map((m) => m.tenantId);
  const [tenantId, another] = tenantIds;
  if (tenantId === undefined || another !== undefined) {
    throw new Invalid([{ field: 'tenant', message: 'must say whose domain this is to be' }]);
  }
  return tenantId;
}

function holdsMail(held: 'discard' | undefined): Conflict {
  return held === 'discard'
    ? new Conflict(
        'mail-being-sent',
        'Mail is being sent',
        'Some of its mail is on its way to the primary right now; try again in a moment.',
      )
    : new Conflict(
        'domain-holds-mail',
        'The domain holds mail',
        'Mail is held for this domain. Have it delivered first, or discard it with "held=discard".',
      );
}

/** A domain has at least two labels and its last is no number; nobody owns the mail of a top-level domain, and 10.1.2.3 is none. */
function isMailDomain(name: string): boolean {
  return /^[^.].*\.[a-z][a-z0-9-]*$/.test(name) && !name.split('.').some((label) => label.startsWith('_'));
}
