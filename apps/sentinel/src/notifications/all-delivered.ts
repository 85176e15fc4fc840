import type { Letter } from './letter';
import { clockTime, count, duration, fromTo, list, moment, oneLine } from './words';

export interface AllDelivered {
  domain: string;
  beganAt: Date;
  endedAt: Date;
  drainedAt: Date;
  delivered: number;
  refused: number;
  expired: number;
  discarded: number;
  parked: number;
  tenant: string;
}

/** The last mail of an outage. It says "all" only of what it counts, and names everything that did not end as delivered. */
export function allDelivered(facts: AllDelivered): Letter {
  const { domain, delivered, refused, expired, discarded, parked, beganAt, endedAt, drainedAt } = facts;
  const others = [
    refused > 0 && `${count(refused, 'message')} refused by your server`,
    expired > 0 && `${count(expired, 'message')} expired`,
    discarded > 0 && `${count(discarded, 'message')} discarded by you`,
    parked > 0 && `${count(parked, 'message')} kept back by you`,
  ].filter((part) => part !== false);
  const isAll = others.length === 0;
  const messages = delivered === 1 ? 'The 1 held message is' : `All ${count(delivered, 'held message')} are`;
  return {
    subject: isAll
      ? `All delivered: ${domain} answers again`
      : `Nothing waits any more: ${domain} answers again`,
    state: 'safe',
    headline: isAll
      ? `${messages} delivered. ${domain} came back at ${clockTime(endedAt)} UTC.`
      : `Nothing waits any more: ${count(delivered, 'message')} delivered, ${list(others)}. ${domain} came back at ${clockTime(endedAt)} UTC.`,
    paragraphs:
      refused > 0 ? ['What your server refused is listed with its reply under Messages in the console.'] : [],
    facts: [
      { label: 'Delivered', value: count(delivered, 'message') },
      ...(refused > 0 ? [{ label: 'Refused by your server', value: count(refused, 'message') }] : []),
      ...(expired > 0 ? [{ label: 'Expired', value: count(expired, 'message') }] : []),
      ...(discarded > 0 ? [{ label: 'Discarded by you', value: count(discarded, 'message') }] : []),
      ...(parked > 0 ? [{ label: 'Kept back by you', value: count(parked, 'message') }] : []),
      {
        label: 'Not answering',
        value: `${duration(endedAt.getTime() - beganAt.getTime())}, ${fromTo(beganAt, endedAt)}`,
      },
      {
        label: 'Done',
        value: `${moment(drainedAt)}, ${duration(drainedAt.getTime() - endedAt.getTime())} after it answered again`,
      },
    ],
    next: {
      title: 'What happens next',
      paragraphs: [
        'Nothing is needed. Senders use your own server again by themselves, and we stand by as before.',
      ],
    },
    reason: `You get this because you are a contact of ${oneLine(facts.tenant)} for the mail of ${domain}.`,
  };
}
