/**
 * Writes notifications, in the transaction of the fact that they tell: either both are in the tables or neither. A fact is told
 * once for each contact, whoever tries again (unique in the table). The mail is ready when it is written; sending is another
 * matter (see dispatcher.ts).
 */
import { createHash } from 'node:crypto';
import { channels } from '@holdfast/database';
import { parseAddress } from '@holdfast/mail';
import type pg from 'pg';
import { asHtml, asText, type Letter } from './letter';

export type NotificationKind = 'holding-began' | 'all-delivered';

export interface Fact {
  kind: NotificationKind;
  tenantId: string;
  /** the outage whose thread this belongs to */
  outageId: string;
  letter: Letter;
  now: Date;
  /** our host name, to the right of the @ in Message-ID */
  hostname: string;
}

export interface Written {
  kind: NotificationKind;
  tenantId: string;
  recipient: string;
  skippedBecause: string | null;
}

/** Tells the verified contacts of a tenant. Those whose own mail we hold are passed over, and the row says so. */
export async function writeToContacts(db: pg.PoolClient, fact: Fact): Promise<Written[]> {
  const { rows } = await db.query<{ email: string }>(
    'select email from contacts where tenant_id = $1 and verified_at is not null order by email',
    [fact.tenantId],
  );
  const emails = rows.map(({ email }) => email);
  const held = await heldAmong(db, emails);
  return insert(
    db,
    fact,
    emails.map((recipient) => ({
      recipient,
      inReplyTo: null,
      skippedBecause: held.has(recipient) ? skippedBecauseHeld : null,
    })),
  );
}

/**
 * Tells those who heard how the outage began, and nobody else: nobody hears that something is over that was never told.
 */
export async function writeToWhoeverWasTold(db: pg.PoolClient, fact: Fact): Promise<Written[]> {
  const { rows } = await db.query<{ recipient: string; began_header: string }>(
    `select n.recipient, n.message_id_header as began_header
     from notifications n join contacts c on c.tenant_id = n.tenant_id and c.email = n.recipient and c.verified_at is not null
     where n.tenant_id = $1 and n.fact = $2 and n.skipped_because is null order by n.recipient`,
    [fact.tenantId, factName('holding-began', fact.outageId)],
  );
  const held = await heldAmong(
    db,
    rows.map(({ recipient }) => recipient),
  );
  return insert(
    db,
    fact,
    rows.map(({ recipient, began_header }) => ({
      recipient,
      inReplyTo: began_header,
      skippedBecause: held.has(recipient) ? skippedBecauseHeld : null,
    })),
  );
}

export const factName = (kind: NotificationKind, outageId: string): string => `${kind} ${outageId}`;

export const skippedBecauseHeld =
  'Mail to this address would be held here: its own mail server does not answer';

/** Which of these addresses are on a domain of ours whose primary is down. A mail to them would wait for the very thing it tells. */
export async function heldAmong(db: pg.ClientBase | pg.Pool, emails: string[]): Promise<Set<string>> {
  const domainOf = new Map(emails.map((email) => [email, parseAddress(email)?.domain ?? '']));
  const { rows } = await db.query<{ name: string }>(
    `select d.name from domains d join outages o on o.domain_id = d.id and o.ended_at is null where d.name = any($1::text[])`,
    [[...new Set(domainOf.values())]],
  );
  const down = new Set(rows.map(({ name }) => name));
  return new Set(emails.filter((email) => down.has(domainOf.get(email) ?? '')));
}

async function insert(
  db: pg.PoolClient,
  { kind, tenantId, outageId, letter, now, hostname }: Fact,
  to: { recipient: string; inReplyTo: string | null; skippedBecause: string | null }[],
): Promise<Written[]> {
  if (to.length === 0) return [];
  const { rows } = await db.query<{ recipient: string; skipped_because: string | null }>(
    `insert into notifications (tenant_id, outage_id, kind, fact, subject, text_body, html_body, created_at, next_attempt_at,
       recipient, message_id_header, in_reply_to, skipped_because)
     select $1, $2, $3, $4, $5, $6, $7, $8, $8, t.* from unnest($9::text[], $10::text[], $11::text[], $12::text[]) as t
     on conflict (tenant_id, fact, recipient) do nothing
     returning recipient, skipped_because`,
    [
      tenantId,
      outageId,
      kind,
      factName(kind, outageId),
      letter.subject,
      asText(letter),
      asHtml(letter),
      now,
      to.map(({ recipient }) => recipient),
      to.map(({ recipient }) => `<${kind}.${outageId}.${shortHash(recipient)}@${hostname}>`),
      to.map(({ inReplyTo }) => inReplyTo),
      to.map(({ skippedBecause }) => skippedBecause),
    ],
  );
  if (rows.length > 0)
    await db.query('select pg_notify($1, $2)', [channels.notification, JSON.stringify({ tenant: tenantId })]);
  return rows.map(({ recipient, skipped_because }) => ({
    kind,
    tenantId,
    recipient,
    skippedBecause: skipped_because,
  }));
}

/** The same for the same address, so that a mail sent again after a crash is the same mail to every reader. */
const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);
