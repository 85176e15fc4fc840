/**
 * Who is told of what failed. A row for each delivery that was refused or given up is written by the statement that ends it; whoever
 * decides about it (apps/relay/src/reporter.ts) finds it here, also after a crash.
 *
 *   undecided -> withheld              the sender is not told, and why
 *   undecided -> grouped -> told       one report for the deliveries of a message; its id is written down before it is made
 */
import type { NotifyOn, ReportedPart } from '@holdfast/mail';
import { nowOr, type AsOf } from './now';
import type { Queryable } from './queryable';
import type { ScanState } from './register';

/** SQL: the rows for what `changed` ended; it must have node, and `was`, the state before. */
export const insertReports = (outcome: string, at: string, where = 'true'): string => `
  insert into reports (delivery_id, message_id, tenant_id, domain_id, node, outcome, was_quarantined, settled_at)
  select id, message_id, tenant_id, domain_id, node, ${outcome}::delivery_state, was = 'quarantined', ${at} from changed where ${where}
  on conflict (delivery_id) do nothing`;

/** What is known of a delivery about which nobody has decided yet. */
export interface UndecidedReport {
  deliveryId: string;
  messageId: string;
  tenantId: string;
  outcome: 'refused' | 'expired' | 'discarded';
  wasQuarantined: boolean;
  /** '' is the null sender */
  sender: string;
  notify: NotifyOn[] | null;
  scan: ScanState;
  symbols: Record<string, number> | null;
}

/** Locks up to `limit` undecided rows of this node, messages together; in a transaction. */
export async function claimUndecided(db: Queryable, node: string, limit: number): Promise<UndecidedReport[]> {
  const { rows } = await db.query<UndecidedReport>({
    name: 'claim-undecided-reports',
    text: `
      with mine as (
        select delivery_id, message_id, tenant_id, outcome, was_quarantined from reports
        where node = $1 and decided_at is null and report_id is null order by delivery_id limit $2 for update skip locked
      )
      select r.delivery_id as "deliveryId", r.message_id as "messageId", r.tenant_id as "tenantId", r.outcome,
        r.was_quarantined as "wasQuarantined", m.sender, string_to_array(s.notify, ',') as notify, m.scan, m.symbols
      from mine r join messages m on m.id = r.message_id join settled_deliveries s on s.id = r.delivery_id
      order by r.delivery_id`,
    values: [node, limit],
  });
  return rows;
}

/** Writes down why senders are not told. */
export async function withholdReports(
  db: Queryable,
  withheld: { deliveryId: string; because: string }[],
  asOf: AsOf,
): Promise<void> {
  if (withheld.length === 0) return;
  await db.query({
    name: 'withhold-reports',
    text: `
      update reports r set decided_at = ${nowOr('$3')}, withheld_because = w.because
      from unnest($1::uuid[], $2::text[]) as w (id, because) where r.delivery_id = w.id`,
    values: [withheld.map((one) => one.deliveryId), withheld.map((one) => one.because), asOf ?? null],
  });
}

/** Gives deliveries of one message the report that they share. From here on nothing is added to it. */
export async function groupReports(
  db: Queryable,
  groups: { reportId: string; destination: string; deliveryIds: string[] }[],
): Promise<void> {
  const rows = groups.flatMap(({ reportId, destination, deliveryIds }) =>
    deliveryIds.map((deliveryId) => ({ deliveryId, reportId, destination })),
  );
  if (rows.length === 0) return;
  await db.query({
    name: 'group-reports',
    text: `
      update reports r set report_id = g.report_id, destination = g.destination
      from unnest($1::uuid[], $2::uuid[], $3::text[]) as g (id, report_id, destination) where r.delivery_id = g.id`,
    values: [rows.map((r) => r.deliveryId), rows.map((r) => r.reportId), rows.map((r) => r.destination)],
  });
}

/** How many reports there were within the last hour, by tenant and by destination. */
export async function toldLately(
  db: Queryable,
  tenantIds: string[],
  destinations: string[],
  asOf: AsOf,
): Promise<Map<string, number>> {
  const { rows } = await db.query<{ key: string; n: number }>({
    name: 'reports-told-lately',
    text: `
      select tenant_id::text as key, count(distinct report_id)::int as n from reports
      where tenant_id = any($1::uuid[]) and report_id is not null and settled_at > ${nowOr('$3')} - interval '1 hour' group by tenant_id
      union all
      select destination, count(distinct report_id)::int from reports
      where destination = any($2::text[]) and report_id is not null and settled_at > ${nowOr('$3')} - interval '1 hour' group by destination`,
    values: [tenantIds, destinations, asOf ?? null],
  });
  return new Map(rows.map(({ key, n }) => [key, n]));
}

/** Reports of this node that are still to be made. */
export async function reportsToMake(db: Queryable, node: string, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'reports-to-make',
    text: `select distinct report_id as id from reports where node = $1 and decided_at is null and report_id is not null limit $2`,
    values: [node, limit],
  });
  return rows.map(({ id }) => id);
}

/** One failed delivery, as its report tells of it. */
export interface ReportedDelivery {
  messageId: string;
  tenantId: string;
  destination: string;
  outcome: 'refused' | 'expired' | 'discarded';
  sender: string;
  recipient: string;
  originalRecipient: string | null;
  reply: string | null;
  settledWith: string | null;
  settledAt: Date;
  attempts: number;
  receivedAt: Date;
  envelopeId: string | null;
  ret: ReportedPart | null;
  isSmtpUtf8: boolean;
}

/** Locks what one report tells; in a transaction. Empty when somebody else is at it, or it is made. */
export async function claimReport(db: Queryable, reportId: string): Promise<ReportedDelivery[]> {
  const { rows } = await db.query<ReportedDelivery>({
    name: 'claim-report',
    text: `
      with mine as (
        select * from reports where report_id = $1 and decided_at is null order by delivery_id for update skip locked
      )
      select r.message_id as "messageId", r.tenant_id as "tenantId", r.destination, r.outcome, m.sender, s.recipient,
        s.original_recipient as "originalRecipient", s.last_reply as reply, s.settled_with as "settledWith", s.settled_at as "settledAt",
        s.attempts, m.received_at as "receivedAt", m.envelope_id as "envelopeId", m.ret, m.is_smtp_utf8 as "isSmtpUtf8"
      from mine r join messages m on m.id = r.message_id join settled_deliveries s on s.id = r.delivery_id
      order by r.delivery_id`,
    values: [reportId],
  });
  return rows;
}

/** The report is a message of ours now. In the transaction that registers it. */
export async function markReportMade(
  db: Queryable,
  reportId: string,
  destination: { domainId: string; name: string },
  asOf: AsOf,
): Promise<void> {
  await db.query(`update reports set decided_at = ${nowOr('$2')} where report_id = $1`, [
    reportId,
    asOf ?? null,
  ]);
  // Locks the row: whoever tidies destinations away must see that this one is used again.
  await db.query(
    `insert into report_destinations (domain_id, name, used_at) values ($1, $2, ${nowOr('$3')})
     on conflict (domain_id) do update set used_at = excluded.used_at`,
    [destination.domainId, destination.name, asOf ?? null],
  );
}

/** Where reports are due on this node. */
export async function dueDestinations(
  db: Queryable,
  node: string,
  asOf: AsOf,
): Promise<{ domainId: string; name: string }[]> {
  const { rows } = await db.query<{ domainId: string; name: string }>({
    name: 'due-destinations',
    text: `
      select r.domain_id as "domainId", r.name from report_destinations r
      where exists (
        select from deliveries d
        where d.domain_id = r.domain_id and d.node = $1 and d.state = 'held' and not d.is_parked and d.next_attempt_at <= ${nowOr('$2')})`,
    values: [node, asOf ?? null],
  });
  return rows;
}

/** Forgets destinations to which nothing is on its way. */
export async function tidyDestinations(db: Queryable, asOf: AsOf): Promise<void> {
  await db.query(
    `delete from report_destinations r
     where used_at < ${nowOr('$1')} - interval '1 day' and not exists (select from deliveries d where d.domain_id = r.domain_id)`,
    [asOf ?? null],
  );
}
