import { channels } from '@holdfast/database';
import type pg from 'pg';

/** Which outage of whom. */
export interface OutageRef {
  id: string;
  tenantId: string;
  domainId: string;
  /** the domain's name, for people */
  domain: string;
}

/** The columns of an outage that make an OutageRef, in a query whose outages are called so. */
export const outageRef = `outages.id, outages.tenant_id as "tenantId", outages.domain_id as "domainId",
  (select name from domains where domains.id = outages.domain_id) as domain`;

/** Tells the console and whoever listens that these outages changed. */
export async function tellOutages(db: pg.ClientBase | pg.Pool, outages: OutageRef[]): Promise<void> {
  await notifyAll(
    db,
    channels.outage,
    outages.map(({ tenantId, domainId, id }) => ({ tenant: tenantId, domain: domainId, outage: id })),
  );
}

/** The verdict about a domain's primaries, for the relay: it opens or closes the lane. */
export async function tellPrimaries(
  db: pg.ClientBase | pg.Pool,
  domainIds: string[],
  isUp: boolean,
): Promise<void> {
  await notifyAll(
    db,
    channels.primary,
    domainIds.map((domain) => ({ domain, up: isUp })),
  );
}

async function notifyAll(db: pg.ClientBase | pg.Pool, channel: string, payloads: object[]): Promise<void> {
  if (payloads.length === 0) return;
  await db.query('select pg_notify($1, payload) from unnest($2::text[]) as payload', [
    channel,
    payloads.map((payload) => JSON.stringify(payload)),
  ]);
}
