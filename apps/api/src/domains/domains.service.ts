import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '@holdfast/daemon';
import type { SecretBox } from '@holdfast/directory';
import { asciiDomain } from '@holdfast/mail';
import { pullLever, shortenKeeping, type Queryable } from '@holdfast/queue';
import { byWhom, permit, type Actor } from '../access/actor';
import { CONFIG, type Config } from '../config';
import { LOG } from '../http/log';
import { pageOf, partOf, type PageQuery } from '../http/page';
import { Conflict, Invalid, NotAllowed, NotHere, type FieldProblem } from '../http/problem';
import { TenantDatabase } from '../http/tenant-database';
import { findDomainId, listDomains, readDomain } from './domain-sql';
import type { Domain, DomainChanges, DomainPage, NewDomain } from './domains.dto';
import { checkPrimaries, SECRET_BOX, writePrimaries, type CheckedPrimary } from './primaries';
import type { NewPrimary } from './primaries.dto';
import type { HostRules } from './primary-host';
import { localPartsOf } from './recipient-list';

/** Keeps the list of what is backed up. Port 25 hears of each change by the tables' own triggers. */
@Injectable()
export class DomainsService {
  constructor(
    private readonly database: TenantDatabase,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOG) private readonly log: Log,
    @Inject(SECRET_BOX) private readonly box: SecretBox,
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
    const { name, primaries, localParts } = this.check(wanted);
    const id = await this.database.asTenant(tenantId, async (db) => {
      const id = await insertDomain(db, tenantId, name, wanted);
      await writePrimaries(db, this.box, { tenantId, domainId: id }, primaries);
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
      max_connections: changes.maxConnections,
      max_messages_per_minute: changes.maxMessagesPerMinute,
      retention_days: changes.retentionDays,
      keep_delivered_hours: changes.keepDeliveredHours ?? undefined,
      is_sealed: changes.sealed ?? undefined,
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
      if (typeof changes.keepDeliveredHours === 'number')
        await shortenKeeping(db, id, changes.keepDeliveredHours);
      if (changes.primaries) await this.replacePrimaries(db, id, changes.primaries);
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
      // Names alone: among the values may be a password.
      changes: Object.keys(changes).filter((key) => changes[key as keyof DomainChanges] !== undefined),
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

  private async replacePrimaries(db: Queryable, domainId: string, wanted: NewPrimary[]): Promise<void> {
    const { rows } = await db.query<{ name: string; tenant_id: string }>(
      'select name, tenant_id from domains where id = $1 for update',
      [domainId],
    );
    const [domain] = rows;
    if (!domain) return;
    const { primaries, errors } = checkPrimaries(
      wanted,
      domain.name,
      this.hostRules,
      (n) => `primaries[${n}]`,
    );
    if (errors.length === 0)
      errors.push(
        ...(await writePrimaries(db, this.box, { tenantId: domain.tenant_id, domainId }, primaries)),
      );
    if (errors.length > 0) throw new Invalid(errors);
  }

  private get hostRules(): HostRules {
    return {
      mayBePrivate: this.config.mayUsePrivatePrimaries,
      ownNames: [this.config.hostname, ...this.config.mxNames],
    };
  }

  private check(wanted: NewDomain): { name: string; primaries: CheckedPrimary[]; localParts: string[] } {
    const errors: FieldProblem[] = [];
    const name = asciiDomain(wanted.domain.trim());
    if (!name || !isMailDomain(name))
      errors.push({ field: 'domain', message: 'must be a domain name such as example.org' });
    const written = wanted.primaries ?? (wanted.primary ? [wanted.primary] : []);
    if (written.length === 0 || (wanted.primaries && wanted.primary))
      errors.push({
        field: 'primary',
        message: 'must say where the mail belongs; or "primaries", where there are several',
      });
    const fieldOf = (n: number): string => (wanted.primary ? 'primary' : `primaries[${n}]`);
    const checked = checkPrimaries(written, name ?? '', this.hostRules, fieldOf);
    errors.push(...checked.errors);
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
    if (errors.length > 0 || !name) throw new Invalid(errors);
    return { name, primaries: checked.primaries, localParts: list.localParts };
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
