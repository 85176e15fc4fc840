/**
 * Looks at what a primary refused before it is settled. Takes the outcomes for one message; gives back those that are refusals,
 * deferred where they are not believed yet (see refusal-rules.ts), and begins or ends a wave where that is what they mean. Asks
 * Postgres only when something was refused; when it cannot be asked, nothing is believed.
 */
import type { Clock, Log } from '@holdfast/daemon';
import { judgeReply } from '@holdfast/mail';
import { retryAfterSeconds, type ClaimedDelivery } from '@holdfast/queue';
import type { RefusalWaves } from './refusal-waves';
import type { Answer, Judgement, Refusals } from './refusals';
import type { DomainOutcome } from './settler';

export interface DoubtParts {
  lane: string;
  refusals: Refusals;
  waves: Pick<RefusalWaves, 'isOpen' | 'isGivenUp' | 'begin' | 'recovered'>;
  /** which of these the primary once knew, as far as we can tell */
  known(domainId: string, recipients: string[]): Promise<Set<string>>;
  tenantOf(domainId: string): string | undefined;
  /** what was doubted of this domain would be believed now */
  offerAgain(domainId: string): void;
  log: Log;
  clock: Pick<Clock, 'now'>;
}

type Refused = Extract<DomainOutcome, { reply: string }> & { kind: 'refused' | 'deferred' };

/** Whether it is a primary's permanent no, believed by the reply table or not. A 5xx that means "later", as grey lists say it, is none. */
export function isRefusal(outcome: DomainOutcome): outcome is Refused {
  return (
    (outcome.kind === 'refused' || outcome.kind === 'deferred') &&
    outcome.reply.startsWith('5') &&
    judgeReply(outcome.reply).about !== 'pace'
  );
}

export async function doubt(
  parts: DoubtParts,
  message: ClaimedDelivery[],
  outcomes: DomainOutcome[],
): Promise<DomainOutcome[]> {
  const deliveries = new Map(message.map((delivery) => [delivery.id, delivery]));
  const judged: DomainOutcome[] = [];
  for (const domainId of new Set(message.map((delivery) => delivery.domainId))) {
    const own = outcomes.filter(({ deliveryId }) => deliveries.get(deliveryId)?.domainId === domainId);
    const doubted = await doubtedOf(parts, domainId, own, deliveries);
    for (const outcome of own.filter(isRefusal)) {
      const delivery = deliveries.get(outcome.deliveryId) as ClaimedDelivery;
      if (outcome.kind !== 'refused' || !doubted.has(delivery.recipient)) judged.push(outcome);
      else {
        const { deliveryId, reply } = outcome;
        const { messageId, tenantId, attempts } = delivery;
        parts.log('refusal-doubted', { messageId, deliveryId, tenantId, with: outcome.with, reply });
        judged.push({ ...outcome, kind: 'deferred', retryAfterSeconds: retryAfterSeconds(attempts + 1) });
      }
    }
  }
  return judged;
}

/** The recipients of one domain whose refusal is not believed. */
async function doubtedOf(
  parts: DoubtParts,
  domainId: string,
  outcomes: DomainOutcome[],
  deliveries: Map<string, ClaimedDelivery>,
): Promise<Set<string>> {
  const { waves, refusals, log } = parts;
  const nobody = new Set<string>();
  if (waves.isGivenUp(domainId)) return nobody;
  const recipientOf = ({ deliveryId }: DomainOutcome): string =>
    deliveries.get(deliveryId)?.recipient as string;
  const refused = outcomes.filter(isRefusal);
  const all = new Set(refused.map(recipientOf));
  if (waves.isOpen(domainId)) {
    if (outcomes.some(({ kind }) => kind === 'delivered')) waves.recovered(domainId);
    return all;
  }
  let known: Set<string>;
  try {
    known = refused.length > 0 ? await parts.known(domainId, [...all]) : nobody;
  } catch (error) {
    log('failed', { while: 'asking whom a primary once knew', domainId, error });
    return all;
  }
  const answers = outcomes.flatMap((outcome): Answer[] => {
    const isAccepted = outcome.kind === 'delivered';
    if (!isAccepted && !isRefusal(outcome)) return [];
    const recipient = recipientOf(outcome);
    return [
      {
        recipient,
        isAccepted,
        isKnown: known.has(recipient),
        isDisbelieved: outcome.kind === 'deferred',
        isAgain: (deliveries.get(outcome.deliveryId)?.attempts ?? 0) > 0,
      },
    ];
  });
  if (answers.length === 0) return nobody;
  const judgement = refusals.judge(domainId, answers, parts.clock.now());
  const [example] = refused;
  if (example) beginWaves(parts, judgement, example);
  if (judgement.settlesDoubts) parts.offerAgain(domainId);
  return judgement.doubted;
}

function beginWaves(
  { lane, waves, tenantOf, log }: DoubtParts,
  judgement: Judgement,
  { reply, with: saidBy }: Refused,
): void {
  for (const { domainId, rule, evidence } of judgement.waves) {
    const tenantId = tenantOf(domainId);
    if (tenantId === undefined || waves.isOpen(domainId)) continue;
    const { refused, knownRefused, accepted } = evidence;
    log('refusal-wave-began', { lane, domainId, tenantId, rule, reply, refused, knownRefused, accepted });
    waves.begin({ tenantId, domainId, rule, reply, saidBy, refused, knownRefused, accepted });
  }
}
