import type { FailedDomain, Failures } from '../endings/failures';
import type { Letter } from './letter';
import { meaningOf } from './meaning';
import { count, list, moment, oneLine } from './words';

/** What the primary refused for good, and what was given up: a digest, once a day at most. */
export function mailFailed(facts: FailedDomain & Failures): Letter {
  const { domain, refused, expired, told, since, replies } = facts;
  const total = refused + expired;
  const parts = [
    refused > 0 && `${count(refused, 'message')} refused by your server`,
    expired > 0 && `${count(expired, 'message')} given up for age`,
  ].filter((part) => part !== false);
  return {
    subject: `Not delivered to ${domain}: ${list(parts)}`,
    state: 'notice',
    headline: `Not delivered to ${domain} since ${moment(since)}: ${list(parts)}.`,
    paragraphs: [
      told === total
        ? 'All of their senders were told.'
        : `${told === 0 ? 'None of their senders was told' : `The senders of ${told} were told`}; the others could not prove that they sent it, are lists or programs, or asked for silence. A report to them might hit a stranger.`,
    ],
    facts: [
      ...(refused > 0 ? [{ label: 'Refused by your server', value: count(refused, 'message') }] : []),
      ...(expired > 0 ? [{ label: 'Given up for age', value: count(expired, 'message') }] : []),
      ...replies.flatMap(({ reply, times }) => [
        {
          label: `Your server said${times > 1 ? `, ${times} times` : ''}`,
          value: oneLine(reply),
          isVerbatim: true,
        },
        ...meaningOf(reply),
      ]),
    ],
    next: {
      title: 'What happens next',
      paragraphs: [
        'Nothing more is tried for these. Each is listed under Messages in the console, with your server’s reply and whether its sender was told. If there is more, you hear of it tomorrow.',
      ],
    },
    reason: `You get this because you are a contact of ${oneLine(facts.tenant)} for the mail of ${domain}.`,
  };
}
