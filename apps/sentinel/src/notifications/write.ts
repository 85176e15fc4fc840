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

export type NotificationKind =
  | 'holding-began'
  | 'all-delivered'
  | 'refused-by-primary'
  | 'queue-nearly-full'
  | 'queue-full'
  | 'takes-any-address'
  | 'expiring-soon'
  | 'mail-failed'
  | 'primary-objects';

export interface Fact {
  kind: NotificationKind;
  tenantId: string;
  /** the outage whose thread this belongs to; null: it is about something else, which `about` names */
  outageId: string | null;
  /** id of what it tells of, when that is no outage */
  about?: string;
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

/** Tells the verified contacts of each fact's tenant. Those whose own mail we hold are passed over, and the row says so. */
export async function writeToContacts(db: pg.PoolClient, facts: Fact[]): Promise<Written[]> {
  if (facts.length === 0) return [];
  const { rows } = await db.query<{ tenant_id: string; email: string }>(
    'select tenant_id, email from contacts where tenant_id = any($1::uuid[]) and verified_at is not null order by email',
    [facts.map(({ tenantId }) => tenantId)],
  );
  const contacts = new Map<string, string[]>();
  for (const { tenant_id, email } of rows)
    contacts.set(tenant_id, [...(contacts.get(tenant_id) ?? []), email]);
  return insert(
    db,
    facts.flatMap((fact) =>
      (contacts.get(fact.tenantId) ?? []).map((recipient) => ({ fact, recipient, inReplyTo: null })),
    ),
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
    [fact.tenantId, factName('holding-began', aboutOf(fact))],
  );
  return insert(
    db,
    rows.map(({ recipient, began_header }) => ({ fact, recipient, inReplyTo: began_header })),
  );
}

export const factName = (kind: NotificationKind, about: string): string => `${kind} ${about}`;

const aboutOf = ({ about, outageId }: Fact): string => String(about ?? outageId);

export const skippedBecauseHeld =
  'Mail to this address would be held here: its own mail server does not answer, or refuses it';

/** Which of these addresses are on a domain of ours whose primary is down or refuses its mail. A mail to them would wait for the very thing it tells. */
export async function heldAmong(db: pg.ClientBase | pg.Pool, emails: string[]): Promise<Set<string>> {
  const domainOf = new Map(emails.map((email) => [email, parseAddress(email)?.domain ?? '']));
  const { rows } = await db.query<{ name: string }>(
    `select d.name from domains d
     where d.name = any($1::text[]) and (
       exists (select from outages o where o.domain_id = d.id and o.ended_at is null)
       or exists (select from refusal_waves w where w.domain_id = d.id and w.decision is null)
     )`,
    [[...new Set(domainOf.values())]],
  );
  const down = new Set(rows.map(({ name }) => name));
  return new Set(emails.filter((email) => down.has(domainOf.get(email) ?? '')));
}

async function insert(
  db: pg.PoolClient,
  mails: { fact: Fact; recipient: string; inReplyTo: string | null }[],
): Promise<Written[]> {
  if (mails.length === 0) return [];
  const held = await heldAmong(
    db,
    mails.map(({ recipient }) => recipient),
  );
  const prints = new Map(
    [...new Set(mails.map(({ fact }) => fact))].map((fact) => [
      fact,
      { text: asText(fact.letter), html: asHtml(fact.letter) },
    ]),
  );
  const { rows } = await db.query<Written>(
    `with written as (
       insert into notifications (tenant_id, outage_id, kind, fact, subject, text_body, html_body, created_at, next_attempt_at,
         recipient, message_id_header, in_reply_to, skipped_because)
       select m.*
       from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[],
         $8::timestamptz[], $9::text[], $10::text[], $11::text[], $12::text[]) as m
       on conflict (tenant_id, fact, recipient) do nothing
       returning kind, tenant_id, recipient, skipped_because
     ), told as (
       select count(pg_notify('${channels.notification}', json_build_object('tenant', tenant_id)::text))
       from (select distinct tenant_id from written) tenants
     )
     select kind, tenant_id as "tenantId", recipient, skipped_because as "skippedBecause" from written, told`,
    [
      mails.map(({ fact }) => fact.tenantId),
      mails.map(({ fact }) => fact.outageId),
      mails.map(({ fact }) => fact.kind),
      mails.map(({ fact }) => factName(fact.kind, aboutOf(fact))),
      mails.map(({ fact }) => fact.letter.subject),
      mails.map(({ fact }) => prints.get(fact)?.text),
      mails.map(({ fact }) => prints.get(fact)?.html),
      mails.map(({ fact }) => fact.now),
      mails.map(({ recipient }) => recipient),
      mails.map(
        ({ fact, recipient }) => `<${fact.kind}.${aboutOf(fact)}.${shortHash(recipient)}@${fact.hostname}>`,
      ),
      mails.map(({ inReplyTo }) => inReplyTo),
      mails.map(({ recipient }) => (held.has(recipient) ? skippedBecauseHeld : null)),
    ],
  );
  return rows;
}

/** The same for the same address, so that a mail sent again after a crash is the same mail to every reader. */
const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);
