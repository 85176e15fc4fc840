/**
 * DATA (RFC 5321 section 4.1.1.4): from the first octet to the reply.
 *
 * Promise: `250` is answered only after the spool has the message on disk, for every tenant whose recipients were named, in one
 * commit. Nothing else is waited for but the scan, and that is bounded. Whatever is answered with 4xx or 5xx is not stored.
 *
 * Refuses: CR, LF or NUL on the loose 554 5.6.0; a loop 554 5.4.6; too big 552 5.3.4; no memory or no disk 452 4.3.1; what the
 * scan found (see scan.ts). A message that will be refused is not kept in memory while the rest of it arrives.
 *
 * The octets are stored as they came, dots un-stuffed, with our lines on top. Logs `received` or `refused-at-data`.
 */
import type { Log } from '@holdfast/daemon';
import { newMessageId } from '@holdfast/mail';
import type { Spool, SpooledEnvelope, SpoolEntry } from '@holdfast/spool';
import type { Readable } from 'node:stream';
import { linesOnTop, protocolOf, tlsText } from './lines-on-top';
import { loopIn } from './loop';
import type { MemoryInFlight } from './memory-in-flight';
import type { Registrar } from './registrar';
import { rejection, type SmtpRejection } from './rejection';
import type { Scanner, ScanOutcome } from './scan';
import { StrayOctets } from './stray-octets';
import type { AcceptedRecipient, Transaction } from './transaction';

export interface DataParts {
  spool: Pick<Spool, 'put'>;
  scanner: Scanner;
  registrar: Pick<Registrar, 'add'>;
  memory: MemoryInFlight;
  log: Log;
  ourName: string;
  maxMessageBytes: number;
}

/** Someone who goes on sending this much more than we take is not an honest sender with a big mail. */
const mostIgnoredBytes = 64 * 2 ** 20;

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
  const body = await collect(parts, stream, transaction, hangUp);
  try {
    const loop = loopIn(body.chunks, parts.ourName);
    if (loop) throw rejection(554, '5.4.6', 'The message goes in circles', loop);
    const groups = byTenant(transaction);
    const ids = groups.map(() => newMessageId());
    const outcome = await parts.scanner.scan(transaction, ids[0] ?? '', body.chunks);
    const at = new Date();
    const entries = groups.map((recipients, n) =>
      entryFor(parts, ids[n] ?? '', recipients, transaction, body, outcome, at),
    );
    await parts.spool.put(entries);
    parts.registrar.add(entries);
    for (const { id, envelope } of entries) logReceived(parts.log, id, envelope, transaction);
    return `2.0.0 Ok: queued as ${ids.join(', ')}`;
  } finally {
    parts.memory.giveBack(body.bytes);
  }
}

interface Body {
  chunks: Buffer[];
  bytes: number;
}

/** Gathers the message, bounded. What is in memory when this throws has been given back. */
function collect(
  { memory, maxMessageBytes }: DataParts,
  stream: Readable,
  transaction: Transaction,
  hangUp: (refusal: SmtpRejection) => void,
): Promise<Body> {
  const most = Math.min(maxMessageBytes, ...tenantLimits(transaction));
  const octets = new StrayOctets();
  let body: Body = { chunks: [], bytes: 0 };
  let seen = 0;
  let refusal: SmtpRejection | undefined;
  const refuse = (reason: SmtpRejection): void => {
    refusal ??= reason;
    memory.giveBack(body.bytes);
    body = { chunks: [], bytes: 0 };
  };
  return new Promise((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => {
      seen += chunk.length;
      if (refusal) {
        if (seen > maxMessageBytes + mostIgnoredBytes) hangUp(refusal);
        return;
      }
      if (seen > most)
        return refuse(rejection(552, '5.3.4', `The message is too big; we take ${most} octets`));
      octets.look(chunk);
      if (!memory.take(chunk.length))
        return refuse(
          rejection(452, '4.3.1', 'Too much mail at once; please try again later', 'memory in flight'),
        );
      body.chunks.push(chunk);
      body.bytes += chunk.length;
    });
    stream.on('end', () => {
      if (octets.stray && !refusal)
        refuse(
          rejection(
            554,
            '5.6.0',
            `Lines must end in CR LF, and NUL is not allowed; found ${octets.stray}`,
            octets.stray,
          ),
        );
      if (refusal) reject(refusal);
      else resolve(body);
    });
    stream.on('error', (error) => {
      refuse(rejection(451, '4.4.2', 'The connection broke'));
      reject(error);
    });
    stream.on('close', () => {
      if (stream.readableEnded) return;
      refuse(rejection(451, '4.4.2', 'The connection broke'));
      reject(refusal);
    });
  });
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
  body: Body,
  outcome: ScanOutcome,
  at: Date,
): SpoolEntry {
  const { client, sender, isSmtpUtf8, is8BitMime } = transaction;
  const { scan, verdict } = outcome;
  const addresses = recipients.map(({ address }) => address);
  const top = linesOnTop({ id, ourName: parts.ourName, at, transaction, recipients: addresses, outcome });
  const envelope: SpooledEnvelope = {
    tenantId: recipients[0]?.entry.tenantId ?? '',
    sender,
    recipients: recipients.map(({ address, entry }) => ({
      address,
      domainId: entry.domainId,
      retentionDays: entry.retentionDays,
    })),
    client: {
      address: client.address,
      helo: client.helo,
      protocol: protocolOf(transaction),
      ...(client.tls ? { tls: tlsText(client.tls) } : {}),
    },
    receivedAt: at.toISOString(),
    bytes: top.length + body.bytes,
    ...(isSmtpUtf8 ? { isSmtpUtf8 } : {}),
    ...(is8BitMime ? { is8BitMime } : {}),
    scan,
    ...(verdict
      ? {
          score: verdict.score,
          requiredScore: verdict.requiredScore,
          symbols: Object.fromEntries(verdict.symbols.map(({ name, score }) => [name, score])),
        }
      : {}),
  };
  return { id, envelope, body: [top, ...body.chunks] };
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
