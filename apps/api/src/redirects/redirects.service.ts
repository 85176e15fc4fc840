import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '@holdfast/daemon';
import type { Queryable } from '@holdfast/queue';
import { byWhom, permit, type Actor } from '../access/actor';
import { CONFIG, type Config } from '../config';
import { findDomainId } from '../domains/domain-sql';
import { checkPrimaryHost } from '../domains/primary-host';
import { LOG } from '../http/log';
import { Invalid, NotHere } from '../http/problem';
import { TenantDatabase } from '../http/tenant-database';
import type { NewRedirect, Redirect, RedirectList } from './redirects.dto';

/** Sends a domain's mail elsewhere for a while, and takes that back. The relay hears of it by the table's own triggers. */
@Injectable()
export class RedirectsService {
  constructor(
    private readonly database: TenantDatabase,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async list(actor: Actor): Promise<RedirectList> {
    const asking = permit(actor, 'read-overview');
    const parts = await this.database.each(asking, ({ db }) => readRedirects(db, null));
    return { items: parts.flat() };
  }

  async set(actor: Actor, idOrName: string, wanted: NewRedirect): Promise<Redirect> {
    const asking = permit(actor, 'change-domains');
    const redirect = await this.database.first(asking, async ({ db }) => {
      const domainId = await findDomainId(db, idOrName);
      return domainId && (await this.write(db, domainId, wanted, byWhom(actor)));
    });
    if (!redirect) throw new NotHere('domain of this name');
    const { domain, host, port, until } = redirect;
    this.log('changed-by-person', {
      what: 'redirected',
      domain,
      to: `${host}:${port}`,
      until,
      by: byWhom(actor),
    });
    return redirect;
  }

  async takeBack(actor: Actor, idOrName: string): Promise<void> {
    const asking = permit(actor, 'change-domains');
    const domain = await this.database.first(asking, async ({ db }) => {
      const domainId = await findDomainId(db, idOrName);
      if (!domainId) return undefined;
      await db.query('delete from redirects where domain_id = $1', [domainId]);
      return domainId;
    });
    if (!domain) throw new NotHere('domain of this name');
    this.log('changed-by-person', { what: 'redirect taken back', domain: idOrName, by: byWhom(actor) });
  }

  /** Also for whoever decides about a wave. @throws Invalid, for places that a tenant must not send us to */
  async write(db: Queryable, domainId: string, wanted: NewRedirect, by: string): Promise<Redirect> {
    const checked = checkPrimaryHost(wanted.host, {
      mayBePrivate: this.config.mayUsePrivatePrimaries,
      ownNames: [this.config.hostname, ...this.config.mxNames],
    });
    if ('refusal' in checked) throw new Invalid([{ field: 'host', message: checked.refusal }]);
    const { rows: open } = await db.query('select from outages where domain_id = $1 and ended_at is null', [
      domainId,
    ]);
    const isDown = open.length > 0;
    if (wanted.until === 'outage-ends' && !isDown)
      throw new Invalid([{ field: 'until', message: 'can be "outage-ends" while an outage is open' }]);
    const until = wanted.until ?? (isDown ? 'outage-ends' : 'taken-back');
    await db.query(
      `insert into redirects (domain_id, tenant_id, host, port, tls_policy, until, made_by)
       select id, tenant_id, $2, $3, $4, $5, $6 from domains where id = $1
       on conflict (domain_id) do update set host = excluded.host, port = excluded.port, tls_policy = excluded.tls_policy,
         until = excluded.until, made_by = excluded.made_by, made_at = now()`,
      [domainId, checked.host, wanted.port, wanted.tlsPolicy, until, by],
    );
    // What waits for its next attempt need not: the other place is there.
    await db.query(
      `update deliveries set next_attempt_at = now() where domain_id = $1 and state = 'held' and not is_parked and next_attempt_at > now()`,
      [domainId],
    );
    const [redirect] = await readRedirects(db, domainId);
    return redirect as Redirect;
  }
}

async function readRedirects(db: Queryable, domainId: string | null): Promise<Redirect[]> {
  const { rows } = await db.query<Redirect>(
    `select d.name as domain, r.host, r.port, r.tls_policy as "tlsPolicy", r.until, r.made_at as "madeAt"
     from redirects r join domains d on d.id = r.domain_id
     where $1::uuid is null or r.domain_id = $1 order by d.name limit 1000`,
    [domainId],
  );
  return rows;
}
