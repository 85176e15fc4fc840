/**
 * One message to one destination: an outcome for each recipient.
 *
 * Takes the claimed deliveries of one message and an open conversation. Promises an outcome for every one of them, whatever
 * happens: what is not known to be delivered or refused is deferred. Mail that was not scanned on arrival is scanned here, before
 * a byte of it goes out.
 */
import type { Log } from '@holdfast/daemon';
import type { Room } from './bytes-in-hand';
import { judgeReply } from '@holdfast/mail';
import { retryAfterSeconds, type ClaimedDelivery } from '@holdfast/queue';
import type { Spool } from '@holdfast/spool';
import type { Envelope } from './envelope-commands';
import type { LateScan } from './late-scan';
import { linesAbove, type LinesAboveParts } from './lines-above';
import type { DomainOutcome } from './settler';
import type { Ways } from './ways';
import { ConversationLost, type SmtpConversation } from './smtp-conversation';

export interface DeliverParts {
  ways: Pick<Ways, 'countFor'>;
  above: LinesAboveParts;
  bytesInHand: Room;
  spool: Pick<Spool, 'body'>;
  lateScan: LateScan;
  log: Log;
}

// While the scanner is away the message waits; nothing is sent unscanned, and nothing counts as an attempt.
// Long: the late scan makes it due the moment the scanner is back.
const askScannerAgainSeconds = 60;
const missingBodyRetrySeconds = 3600;

export async function deliver(
  parts: DeliverParts,
  message: ClaimedDelivery[],
  conversation: SmtpConversation,
): Promise<DomainOutcome[]> {
  const [first] = message;
  if (!first) return [];
  await parts.bytesInHand.take(first.bytes);
  try {
    return await offer(parts, first, message, conversation);
  } finally {
    parts.bytesInHand.giveBack(first.bytes);
  }
}

async function offer(
  parts: DeliverParts,
  first: ClaimedDelivery,
  message: ClaimedDelivery[],
  conversation: SmtpConversation,
): Promise<DomainOutcome[]> {
  const { log } = parts;
  const settledWith = conversation.where;
  const forAll = (outcome: (delivery: ClaimedDelivery) => DomainOutcome): DomainOutcome[] =>
    message.map(outcome);

  const body = await parts.spool.body(first.messageId).catch((error: unknown) => {
    log('body-missing', { messageId: first.messageId, tenantId: first.tenantId, error });
    return undefined;
  });
  if (!body) {
    log('body-missing', { messageId: first.messageId, tenantId: first.tenantId });
    return forAll((delivery) => ({
      deliveryId: delivery.id,
      domainId: delivery.domainId,
      kind: 'deferred',
      reply: 'The message could not be read from the spool; an operator has to look',
      with: 'spool',
      retryAfterSeconds: missingBodyRetrySeconds,
    }));
  }

  let { scan } = first;
  if (scan === 'unscanned') {
    const verdict = await parts.lateScan.ask(message, body);
    if (verdict.kind === 'no-answer') {
      return forAll((delivery) => ({
        deliveryId: delivery.id,
        domainId: delivery.domainId,
        kind: 'given-back',
        retryAfterSeconds: askScannerAgainSeconds,
      }));
    }
    if (verdict.kind === 'bad') {
      log('quarantined', { messageId: first.messageId, tenantId: first.tenantId, scan: verdict.scan });
      return forAll((delivery) => ({
        deliveryId: delivery.id,
        domainId: delivery.domainId,
        kind: 'quarantined',
        reply: verdict.reason,
        with: 'rspamd',
      }));
    }
    ({ scan } = verdict);
  }

  const deferred = (delivery: ClaimedDelivery, reply: string): DomainOutcome => ({
    deliveryId: delivery.id,
    domainId: delivery.domainId,
    kind: 'deferred',
    reply,
    with: settledWith,
    retryAfterSeconds: retryAfterSeconds(delivery.attempts + 1),
  });
  for (const { domainId } of message) parts.ways.countFor(domainId, conversation);
  try {
    const above = await linesAbove(parts.above, first, scan, body);
    const bytes = above.reduce((sum, lines) => sum + lines.length, body.length);
    const replies = await conversation.send(envelopeOf(first, message, bytes), [...above, body]);
    return message.map((delivery, n) => {
      const reply = replies[n]?.reply ?? '';
      const { verdict: kind, rule, isTrouble } = judgeReply(reply);
      log(kind, {
        messageId: delivery.messageId,
        deliveryId: delivery.id,
        tenantId: delivery.tenantId,
        with: settledWith,
        reply,
        rule,
      });
      if (kind === 'deferred')
        return {
          ...deferred(delivery, reply),
          ...(isTrouble && rule !== undefined ? { objection: rule } : {}),
        };
      return { deliveryId: delivery.id, domainId: delivery.domainId, kind, reply, with: settledWith };
    });
  } catch (error) {
    if (!(error instanceof ConversationLost)) throw error;
    // It counts as an attempt: a message on which the primary falls over every time must not be tried without end.
    return message.map((delivery) => {
      log('deferred', {
        messageId: delivery.messageId,
        deliveryId: delivery.id,
        tenantId: delivery.tenantId,
        with: settledWith,
        reply: error.message,
      });
      return deferred(delivery, `Connection lost: ${error.message}`);
    });
  }
}

function envelopeOf(first: ClaimedDelivery, message: ClaimedDelivery[], bytes: number): Envelope {
  return {
    from: first.sender,
    to: message.map(({ recipient, notify, originalRecipient }) => ({
      address: recipient,
      notify,
      originalRecipient,
    })),
    bytes,
    isSmtpUtf8: first.isSmtpUtf8,
    requireTls: first.requireTls,
    envelopeId: first.envelopeId,
    ret: first.ret,
    client: first.clientAddress
      ? { address: first.clientAddress, name: first.clientName, helo: first.helo, id: first.messageId }
      : undefined,
  };
}
