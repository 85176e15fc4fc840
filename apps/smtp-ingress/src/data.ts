/**
 * DATA (RFC 5321 section 4.1.1.4): from the first octet to the reply.
 *
 * Promise: `250` is answered only after the spool has the message on disk, for every tenant whose recipients were named, in one
 * commit. Nothing else is waited for but the scan, and that is bounded. Whatever is answered with 4xx or 5xx is not stored.
 *
 * Refuses: what cannot be gathered (see collect.ts); a loop 554 5.4.6; no room in the spool 452 4.3.1; what the scan found and a
 * tenant does not want (see verdict-policy.ts).
 *
 * The octets are stored as they came, dots un-stuffed, with our lines on top. Logs `received` or `refused-at-data`.
 */
import type { Log } from '@holdfast/daemon';
import type { Directory } from '@holdfast/directory';
import { newMessageId } from '@holdfast/mail';
import type { Spool, SpooledEnvelope, SpoolEntry } from '@holdfast/spool';
import type { Readable } from 'node:stream';
import { collect, type CollectParts } from './collect';
import { renameForgedResults } from './forged-results';
import { linesOnTop, protocolOf, tlsText } from './lines-on-top';
import { loopIn } from './loop';
import type { Octets } from './reading-room';
import type { Registrar } from './registrar';
import { rejection, type SmtpRejection } from './rejection';
import type { Scanner } from './scan';
import type { AcceptedRecipient, Transaction } from './transaction';
import { decide, type TenantOutcome } from './verdict-policy';

export interface DataParts extends CollectParts {
  spool: Pick<Spool, 'put' | 'remove'>;
  scanner: Scanner;
  directory: Pick<Directory, 'filterOf'>;
  registrar: Pick<Registrar, 'add'>;
  log: Log;
  ourName: string;
}

/**
 * Takes one message.
 * @param hangUp ends the connection with a reply; called when the sender does not stop
 * @returns the text of the 250, enhanced code included
 * @throws SmtpRejection or anything unforeseen
 */
export async function data(
  parts: DataParts,
  stream: Readable,
  transaction: Transaction,
  hangUp: (refusal: SmtpRejection) => void,
): Promise<string> {
  const most = Math.min(parts.maxMessageBytes, ...tenantLimits(transaction));
  const body = await collect(parts, stream, most, hangUp);
  try {
    return await body.lend((octets) => takeIn(parts, transaction, octets));
  } finally {
    body.discard();
  }
}

async function takeIn(parts: DataParts, transaction: Transaction, octets: Octets): Promise<string> {
  const { chunks, bytes } = octets;
  const loop = loopIn(chunks, parts.ourName);
  if (loop) throw rejection(554, '5.4.6', 'The message goes in circles', loop);
  const groups = byTenant(transaction);
  const ids = groups.map(() => newMessageId());
  const scanned = await parts.scanner.scan(transaction, ids[0] ?? '', chunks);
  const outcomes = decide((id) => parts.directory.filterOf(id), transaction, groups, scanned);
  renameForgedResults(chunks, parts.ourName);
  const at = new Date();
  const entries = groups.map((recipients, n) =>
    entryFor(parts, ids[n] ?? '', recipients, transaction, octets, outcomes[n] as TenantOutcome, at),
  );
  await store(parts.spool, entries, bytes);
  parts.registrar.add(entries);
  for (const { id, envelope } of entries) logReceived(parts.log, id, envelope, transaction);
  return `2.0.0 Ok: queued as ${ids.join(', ')}`;
}

/** Up to this size a message is stored for all of its tenants in one commit. */
const putAtOnceBytes = 4 * 2 ** 20;

/**
 * The spool copies what it commits; a big message for a hundred tenants would be in memory a hundred times. Such a one is stored
 * tenant after tenant, and what is stored is taken back when a later one fails. A crash in between leaves a copy that is
 * delivered although no 250 was said: twice for one tenant is better than never for another.
 */
async function store(spool: DataParts['spool'], entries: SpoolEntry[], bytes: number): Promise<void> {
  if (entries.length === 1 || bytes * entries.length <= putAtOnceBytes) return spool.put(entries);
  const stored: string[] = [];
  try {
    for (const entry of entries) {
      await spool.put([entry]);
      stored.push(entry.id);
    }
  } catch (failure) {
    await spool.remove(stored);
    throw failure;
  }
}

function tenantLimits({ recipients }: Transaction): number[] {
  return Array.from(recipients.values(), ({ entry }) => entry.limits.maxMessageBytes ?? Infinity);
}

/** One message per tenant: neither may learn of the other, and each has a queue of its own. */
function byTenant({ recipients }: Transaction): AcceptedRecipient[][] {
  const groups = new Map<string, AcceptedRecipient[]>();
  for (const recipient of recipients.values()) {
    const group = groups.get(recipient.entry.tenantId);
    if (group) group.push(recipient);
    else groups.set(recipient.entry.tenantId, [recipient]);
  }
  return [...groups.values()];
}

function entryFor(
  parts: DataParts,
  id: string,
  recipients: AcceptedRecipient[],
  transaction: Transaction,
  body: Octets,
  outcome: TenantOutcome,
  at: Date,
): SpoolEntry {
  const { client, sender, isSmtpUtf8, is8BitMime, requireTls, envelopeId, ret } = transaction;
  const { scan, verdict, quarantine } = outcome;
  const addresses = recipients.map(({ address }) => address);
  const top = linesOnTop({ id, ourName: parts.ourName, at, transaction, recipients: addresses, outcome });
  const envelope: SpooledEnvelope = {
    tenantId: recipients[0]?.entry.tenantId ?? '',
    sender,
    recipients: recipients.map(({ address, entry, notify, originalRecipient }) => ({
      address,
      domainId: entry.domainId,
      retentionDays: entry.retentionDays,
      ...(notify === undefined ? {} : { notify }),
      ...(originalRecipient === undefined ? {} : { originalRecipient }),
    })),
    client: {
      address: client.address,
      ...(client.name ? { name: client.name } : {}),
      helo: client.helo,
      protocol: protocolOf(transaction),
      ...(client.tls ? { tls: tlsText(client.tls) } : {}),
    },
    receivedAt: at.toISOString(),
    bytes: top.length + body.bytes,
    ...(isSmtpUtf8 ? { isSmtpUtf8 } : {}),
    ...(is8BitMime ? { is8BitMime } : {}),
    ...(requireTls ? { requireTls } : {}),
    ...(envelopeId === undefined ? {} : { envelopeId }),
    ...(ret === undefined ? {} : { ret }),
    scan,
    ...(quarantine === undefined ? {} : { quarantine }),
    ...(verdict
      ? {
          score: verdict.score,
          requiredScore: verdict.requiredScore,
          symbols: Object.fromEntries(verdict.symbols.map(({ name, score }) => [name, score])),
        }
      : {}),
  };
  return {
    id,
    envelope,
    body: body.place ? { ...body.place, bytes: body.bytes, top } : [top, ...body.chunks],
  };
}

function logReceived(log: Log, messageId: string, envelope: SpooledEnvelope, { client }: Transaction): void {
  log('received', {
    messageId,
    sessionId: client.sessionId,
    tenantId: envelope.tenantId,
    client: client.address,
    sender: envelope.sender,
    recipients: envelope.recipients.length,
    bytes: envelope.bytes,
    scan: envelope.scan,
    ...(envelope.score === undefined ? {} : { score: envelope.score }),
  });
}
