import type { DomainToWarn, Expiring, WarningHours } from '../endings/expiring';
import type { Letter } from './letter';
import { meaningOf } from './meaning';
import { count, moment, oneLine } from './words';

/** Mail that has waited nearly as long as it may. A person has to act, or it is given up. */
export function expiringSoon(facts: DomainToWarn & Expiring & { hours: WarningHours }): Letter {
  const { domain, messages, hours, parked, quarantined, until, oldestAt, retentionDays } = facts;
  const within = hours === 24 ? 'tomorrow' : 'in three days';
  const mail = count(messages, 'message');
  return {
    subject: `${hours === 24 ? 'Tomorrow' : 'In three days'} we give up held mail of ${domain}: ${mail}`,
    state: 'full',
    headline: `${mail} for ${domain} ${messages === 1 ? 'has' : 'have'} waited here for nearly ${count(retentionDays, 'day')}. The oldest is given up ${within}, ${moment(oldestAt)}.`,
    paragraphs: [
      'What is given up is deleted here. Its senders hear so where we can be sure that they sent it; others do not.',
    ],
    facts: [
      { label: 'Given up until ' + moment(until), value: mail },
      { label: 'The oldest is given up', value: moment(oldestAt) },
      ...(parked > 0 ? [{ label: 'Of those, held by your word', value: count(parked, 'message') }] : []),
      ...(quarantined > 0
        ? [{ label: 'Beside those, in quarantine', value: count(quarantined, 'message') }]
        : []),
      {
        label: 'What your server said last to the oldest',
        value: facts.lastReply === null ? 'nothing: it could not be reached' : oneLine(facts.lastReply),
        isVerbatim: facts.lastReply !== null,
      },
      ...meaningOf(facts.lastReply),
    ],
    next: {
      title: 'What you can do',
      paragraphs: [
        'Let your server take its mail again, or send it elsewhere: name another primary for the domain, and all of it is delivered there at once. Mail that you hold by hand goes when you release it, under Messages in the console.',
        'A longer retention, up to 90 days, helps what waits already.',
      ],
    },
    reason: `You get this because you are a contact of ${oneLine(facts.tenant)} for the mail of ${domain}.`,
  };
}
