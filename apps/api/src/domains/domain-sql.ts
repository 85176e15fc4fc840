import type { Queryable } from '@holdfast/queue';
import { isUuid } from '../http/page';
import { asciiDomain } from '@holdfast/mail';
import type { Domain } from './domains.dto';

/**
 * Domains with everything that a list shows. All of it is kept or found by one index each: counters are a row, the open outage is a
 * unique index, and the oldest waiting delivery is the first by id, because ids sort by time.
 */
const domainSql = `
  select d.id, d.name as domain, t.name as tenant, d.state, d.recipient_policy as "recipientPolicy", l.retention_days as "retentionDays", d.retention_days as "chosenRetentionDays",
    d.keep_delivered_hours as "keepDeliveredHours",
    d.has_plus_addressing as "plusAddressing", d.when_primary_up as "whenPrimaryUp", d.defer_minutes as "deferMinutes",
    d.primary_accepts_all as "primaryAcceptsAll", d.max_message_bytes as "maxMessageBytes", d.max_messages_per_hour as "maxMessagesPerHour",
    d.max_connections as "maxConnections", d.max_messages_per_minute as "maxMessagesPerMinute",
    coalesce((select l.listed from recipient_lists l where l.domain_id = d.id), 0)::float8 as "recipientsListed",
    coalesce((
      select json_agg(json_build_object('host', p.host, 'port', p.port, 'tlsPolicy', p.tls_policy, 'preference', p.preference,
        'byMx', p.by_mx, 'pins', p.pins, 'tellsClient', p.tells_client, 'login', p.login) order by p.preference, p.host, p.port)
      from primaries p where p.domain_id = d.id
    ), '[]') as primaries, d.is_sealed as sealed,
    json_build_object('held', c.held, 'heldBytes', c.held_bytes, 'sending', c.sending, 'quarantined', c.quarantined,
      'delivered', c.delivered, 'refused', c.refused, 'expired', c.expired, 'discarded', c.discarded) as counts,
    o.id as outage_id, o.began_at, o.noticed_at, o.cause, greatest(o.messages_held, c.received - o.received_before) as messages_held,
    (select expiry_of(w.id, w.expires_at, l.retention_days) from deliveries w where w.domain_id = d.id order by w.id limit 1) as "oldestExpiresAt"
  from domains d
  join tenants t on t.id = d.tenant_id
  join domain_limits l on l.domain_id = d.id
  join domain_counters c on c.domain_id = d.id
  left join outages o on o.domain_id = d.id and o.ended_at is null`;

interface Row extends Omit<Domain, 'outage'> {
  outage_id: string | null;
  began_at: Date;
  noticed_at: Date;
  cause: string;
  messages_held: number;
}

function domainOf({ outage_id, began_at, noticed_at, cause, messages_held, ...domain }: Row): Domain {
  return {
    ...domain,
    outage: outage_id
      ? { id: outage_id, beganAt: began_at, noticedAt: noticed_at, cause, messagesHeld: messages_held }
      : null,
  };
}

/** A page of domains by name, and one more when there is more. */
export async function listDomains(
  db: Queryable,
  page: { limit: number; after?: string | undefined },
): Promise<Domain[]> {
  const { rows } = await db.query<Row>(
    `${domainSql} where ($1::text is null or d.name > $1) order by d.name limit $2`,
    [page.after ?? null, page.limit + 1],
  );
  return rows.map(domainOf);
}

export async function readDomain(db: Queryable, id: string): Promise<Domain | undefined> {
  const { rows } = await db.query<Row>(`${domainSql} where d.id = $1`, [id]);
  return rows[0] && domainOf(rows[0]);
}

/** The id of a domain that `db` may see, by its id or its name (in any spelling that means the same). */
export async function findDomainId(db: Queryable, idOrName: string): Promise<string | undefined> {
  const { rows } = isUuid(idOrName)
    ? await db.query<{ id: string }>('select id from domains where id = $1', [idOrName])
    : await db.query<{ id: string }>('select id from domains where name = $1', [asciiDomain(idOrName) ?? '']);
  return rows[0]?.id;
}
