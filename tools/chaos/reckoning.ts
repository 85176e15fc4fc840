/** After a kill: what Postgres, the spool and the primary say of what was promised, held against each other. */
import { withoutDeliveries } from '@holdfast/queue';
import { recount } from '@holdfast/queue/testing';
import type { Arrivals } from './arrivals';
import type { House } from './house';
import { mannerOf, type Ledger } from './ledger';
import { deserts } from './plan';

type Counted = Pick<House, 'db' | 'spool'>;

interface Row {
  id: string;
  messageId: string;
  recipient: string;
  state: string;
  attempts: number;
}

/** All that Postgres has of a domain, what waits and what has ended. */
async function rowsOf(house: Counted, domain: string): Promise<Row[]> {
  const { rows } = await house.db.query<Row>(
    `select d.id, d.message_id as "messageId", d.recipient, d.state::text, d.attempts
     from (select id, message_id, domain_id, recipient, state, attempts from deliveries
       union all select id, message_id, domain_id, recipient, state, attempts from settled_deliveries) d
     join domains on domains.id = d.domain_id where domains.name = $1`,
    [domain],
  );
  return rows;
}

/** What is not yet as it will stay. Empty: the drain is over. */
export async function unsettled(
  house: Counted,
  domain: string,
  ledger: Ledger,
  arrivals: Arrivals,
): Promise<{ sentences: string[]; retry: string[] }> {
  const rows = await rowsOf(house, domain);
  const sentences: string[] = [];
  const retry: string[] = [];
  const unregistered = house.spool.unregistered({ limit: 1_000 }).length;
  if (unregistered > 0) sentences.push(`${unregistered} messages are not registered`);
  const known = new Set<string>();
  for (const { id, recipient, state, attempts } of rows) {
    known.add(recipient);
    const desert = deserts[mannerOf(recipient)];
    if (state === 'sending' || (state === 'held' && (desert !== 'held' || attempts === 0))) {
      sentences.push(`${recipient} is ${state} after ${attempts} attempts`);
      if (state === 'held') retry.push(id);
    }
  }
  for (const recipient of ledger.recipients) {
    if (!known.has(recipient)) sentences.push(`${recipient} is not in Postgres`);
    else if (deserts[mannerOf(recipient)] === 'delivered' && !arrivals.has(recipient))
      sentences.push(`${recipient} is not at the primary`);
  }
  return { sentences, retry };
}

export interface Reckoning {
  delivered: number;
  held: number;
  ended: number;
  lost: string[];
  /** everything that must not be, the lost among them */
  findings: string[];
}

export async function reckon(
  house: Counted,
  domain: string,
  ledger: Ledger,
  arrivals: Arrivals,
): Promise<Reckoning> {
  const findings: string[] = [];
  const lost: string[] = [];
  const rows = new Map<string, Row>();
  for (const row of await rowsOf(house, domain)) {
    if (rows.has(row.recipient)) findings.push(`${row.recipient} is in Postgres twice`);
    rows.set(row.recipient, row);
  }
  const counts = { delivered: 0, held: 0, ended: 0 };
  for (const recipient of ledger.recipients) {
    const row = rows.get(recipient);
    const desert = deserts[mannerOf(recipient)];
    const isWaiting = row?.state === 'held' && house.spool.has(row.messageId);
    if (arrivals.has(recipient)) counts.delivered++;
    else if (isWaiting) counts.held++;
    else if (row?.state === 'refused' && desert === 'refused') counts.ended++;
    else lost.push(`${recipient} was promised, and is lost: Postgres says ${row?.state ?? 'nothing'}`);
  }
  // Also of what got no 250: it may be there, and then it must be right.
  for (const { recipient, state } of rows.values()) {
    const desert = deserts[mannerOf(recipient)];
    if (state !== desert) findings.push(`${recipient} is ${state}, and should be ${desert}`);
    if (state !== 'delivered' && arrivals.has(recipient))
      findings.push(`${recipient} is at the primary, and Postgres says ${state}`);
    if (state === 'delivered' && !arrivals.has(recipient) && !ledger.has(recipient))
      findings.push(`${recipient} is not at the primary, and Postgres says delivered`);
  }
  findings.push(
    ...lost,
    ...arrivals.corrupted.map((recipient) => `${recipient} got other bytes than were sent`),
  );
  findings.push(...(await twins(house)));
  for (const { counter, kept, counted } of await recount(house.db))
    findings.push(`the counter ${counter} says ${kept}, and there are ${counted}`);
  return { ...counts, lost, findings };
}

/** No body that Postgres does not know, and no row that waits without its body. */
async function twins({ db, spool }: Counted): Promise<string[]> {
  const bodies = spool.list(undefined, 1_000_000);
  const { rows: waiting } = await db.query<{ id: string }>(
    `select distinct message_id as id from deliveries where state <> 'sending'`,
  );
  const { rows: known } = await db.query<{ id: string }>(
    'select id from messages where id = any($1::uuid[])',
    [bodies],
  );
  const registered = new Set(known.map(({ id }) => id));
  return [
    ...waiting.filter(({ id }) => !spool.has(id)).map(({ id }) => `${id} waits, and has no body`),
    ...bodies
      .filter((id) => !registered.has(id))
      .map((id) => `${id} is in the spool, and Postgres does not know it`),
  ];
}

/** Bodies that nobody needs any more. A kill between an end in Postgres and the body's end leaves some for the sweeper. */
export function unneeded({ db, spool }: Counted): Promise<string[]> {
  return withoutDeliveries(db, spool.list(undefined, 1_000_000));
}
