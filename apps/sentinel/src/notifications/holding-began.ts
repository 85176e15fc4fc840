import { outageSchedule } from '../probes/schedule';
import type { Letter } from './letter';
import { clockTime, count, date, moment, oneLine } from './words';

export interface HoldingBegan {
  domain: string;
  beganAt: Date;
  /** as the probe met it; may quote a stranger */
  cause: string;
  /** `host:port`, most preferred first */
  primaries: string[];
  waiting: number;
  retentionDays: number;
  /** until when the oldest can wait; null: it has gone meanwhile */
  oldestExpiresAt: Date | null;
  tenant: string;
}

const seconds = (row: 0 | 1 | 2): number => outageSchedule[row].everyMs / 1_000;

/** The first mail of an outage: it is down, nothing is lost, nothing needs doing here. */
export function holdingBegan(facts: HoldingBegan): Letter {
  const { domain, waiting, beganAt, primaries } = facts;
  const messages = count(waiting, 'message');
  const servers = primaries.length > 1 ? 'any of your servers' : 'your server';
  const days = count(facts.retentionDays, 'day');
  return {
    subject: `Your mail is safe: ${domain} does not answer, we hold its mail`,
    state: 'holding',
    headline: `Your mail is safe. ${domain} has not answered since ${clockTime(beganAt)} UTC; ${messages} ${waiting === 1 ? 'is' : 'are'} held here.`,
    paragraphs: [
      `We could not reach ${servers} three times in a row, so senders hand their mail to us. We keep all of it, and each message can wait ${days}.`,
    ],
    facts: [
      { label: 'Held here now', value: messages },
      { label: 'Not answering since', value: moment(beganAt) },
      {
        label: primaries.length > 1 ? 'Your servers' : 'Your server',
        value: primaries.map((primary) => oneLine(primary)).join(', ') || 'none is set up for this domain',
        isVerbatim: primaries.length > 0,
      },
      { label: 'What we met there', value: oneLine(facts.cause), isVerbatim: true },
      ...(facts.oldestExpiresAt
        ? [
            {
              label: 'Oldest can wait until',
              value: `${date(facts.oldestExpiresAt)}, ${clockTime(facts.oldestExpiresAt)} UTC`,
            },
          ]
        : []),
    ],
    next: {
      title: 'What happens next',
      paragraphs: [
        `We look for your server every ${seconds(0)} seconds for the first hour, then every ${seconds(1)} and from the second day every ${seconds(2)}. As soon as it answers, we deliver everything, oldest first, at the pace it takes. With us you need do nothing; please see to the server itself.`,
        `You get one more mail about this outage: when all is delivered.`,
      ],
    },
    reason: `You get this because you are a contact of ${oneLine(facts.tenant)} for the mail of ${domain}.`,
  };
}
