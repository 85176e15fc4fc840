import type { Letter } from './letter';
import { meaningOf } from './meaning';
import { clockTime, count, date, moment, oneLine } from './words';

export interface RefusedByPrimary {
  domain: string;
  beganAt: Date;
  /** word for word, from a stranger */
  reply: string;
  /** `host:port` */
  saidBy: string;
  refused: number;
  /** of those, who had mail there before */
  knownRefused: number;
  waiting: number;
  /** until when the oldest can wait; null: it has gone meanwhile */
  oldestExpiresAt: Date | null;
  tenant: string;
}

/** The server answers and refuses everybody: it may have come back empty. Nothing is lost; a person has to look at it. */
export function refusedByPrimary(facts: RefusedByPrimary): Letter {
  const { domain, beganAt, refused, knownRefused, waiting, oldestExpiresAt } = facts;
  const messages = count(waiting, 'message');
  return {
    subject: `Your mail is safe: ${domain} answers, but refuses its mail`,
    state: 'holding',
    headline: `Your mail is safe. The server of ${domain} answers, but refuses the mail that we bring; ${messages} ${waiting === 1 ? 'is' : 'are'} held here.`,
    paragraphs: [
      `It said a permanent no to ${count(refused, 'recipient')}${knownRefused > 0 ? `, of whom it knew ${knownRefused} before` : ''}. A server does that when it was restored without its mailboxes, or does not know yet that ${domain} is its own. So we did not believe it: no message was given up, and we bring nothing more until this is decided.`,
    ],
    facts: [
      { label: 'Your server said', value: oneLine(facts.reply), isVerbatim: true },
      ...meaningOf(facts.reply),
      { label: 'Which server', value: oneLine(facts.saidBy), isVerbatim: true },
      { label: 'Since', value: moment(beganAt) },
      { label: 'Held here now', value: messages },
      ...(oldestExpiresAt
        ? [
            {
              label: 'Oldest can wait until',
              value: `${date(oldestExpiresAt)}, ${clockTime(oldestExpiresAt)} UTC`,
            },
          ]
        : []),
    ],
    next: {
      title: 'What you can do',
      paragraphs: [
        'Look at the mailboxes and the domain on that server. When they are there again, say "retry": we begin with one message and go on as it is taken. Every quarter of an hour we try one message by ourselves, and when that is taken, the others follow.',
        'If these people are really gone, say "give up": refusals count then, and their senders hear so. If the mail belongs on another server now, redirect it there.',
      ],
    },
    reason: `You get this because you are a contact of ${oneLine(facts.tenant)} for the mail of ${domain}.`,
  };
}
