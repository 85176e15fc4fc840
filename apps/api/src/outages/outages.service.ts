import { Injectable } from '@nestjs/common';
import type { Queryable } from '@holdfast/queue';
import { permit, type Actor } from '../access/actor';
import { findDomainId } from '../domains/domain-sql';
import { partOf } from '../http/page';
import { NotHere } from '../http/problem';
import { TenantDatabase } from '../http/tenant-database';
import { comesAfter, cursorValues, microsOf, pageByTime, type TimeKey } from '../http/time-cursor';
import type { Outage, OutagePage, OutagesQuery } from './outages.dto';

/** Shows outages, newest first. The sentinel writes them. */
@Injectable()
export class OutagesService {
  constructor(private readonly database: TenantDatabase) {}

  async list(actor: Actor, query: OutagesQuery): Promise<OutagePage> {
    const asking = permit(actor, 'read-overview');
    const { domain, limit } = query;
    const cursor = cursorValues(query.after);
    let isKnown = domain === undefined;
    const parts = await this.database.each(asking, async ({ db }) => {
      const domainId = domain === undefined ? undefined : await findDomainId(db, domain);
      if (domain !== undefined && domainId === undefined) return partOf<Row>([], limit);
      isKnown = true;
      return partOf(
        await listOutages(db, [...cursor, domainId ?? null, query.open ?? null, limit + 1]),
        limit,
      );
    });
    if (!isKnown) throw new NotHere('domain of this name');
    return pageByTime(parts, limit);
  }
}

type Row = Outage & TimeKey;

// While an outage is open, what it holds is the difference of the domain's counters; the sentinel writes it down when it ends.
async function listOutages(db: Queryable, values: unknown[]): Promise<Row[]> {
  const { rows } = await db.query<Row>(
    `select o.id, ${microsOf('o.began_at')}, d.name as domain, t.name as tenant, o.began_at as "beganAt", o.noticed_at as "noticedAt", o.ended_at as "endedAt",
       o.drained_at as "drainedAt", o.cause,
       case when o.ended_at is null then greatest(o.messages_held, c.received - o.received_before) else o.messages_held end as "messagesHeld",
       case when o.drained_at is null then greatest(o.messages_delivered, c.delivered - o.delivered_before) else o.messages_delivered end as delivered
     from outages o
     join domains d on d.id = o.domain_id
     join tenants t on t.id = o.tenant_id
     join domain_counters c on c.domain_id = o.domain_id
     where ${comesAfter('o.began_at', 'o.id')}
       and ($3::uuid is null or o.domain_id = $3)
       and ($4::boolean is null or (o.ended_at is null) = $4)
     order by o.began_at desc, o.id
     limit $5`,
    values,
  );
  return rows;
}
