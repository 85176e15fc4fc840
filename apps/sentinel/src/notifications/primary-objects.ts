import type { PrimaryObjection } from '../endings/objections';
import type { Letter } from './letter';
import { meaningOf } from './meaning';
import { count, moment, oneLine } from './words';

/** The primary says a permanent no that speaks of us or of its own settings. Nothing is lost; a person has to change something there. */
export function primaryObjects(facts: PrimaryObjection): Letter {
  const { domain, times, waiting } = facts;
  return {
    subject: `Your server for ${domain} objects to us: mail waits here until that is mended`,
    state: 'holding',
    headline: `Your server for ${domain} said no to ${count(times, 'attempt')} of ours, and not because of the mail. We did not believe it: nothing is given up, and we try again.`,
    paragraphs: [],
    facts: [
      { label: 'Your server said', value: oneLine(facts.reply), isVerbatim: true },
      ...meaningOf(facts.reply),
      { label: 'Which server', value: oneLine(facts.saidBy), isVerbatim: true },
      { label: 'Since', value: moment(facts.beganAt) },
      { label: 'Held here now', value: count(waiting, 'message') },
    ],
    next: {
      title: 'What you can do',
      paragraphs: [
        'Change it on that server: let it trust the addresses of its backup MX, or take its mail again. Then say "retry" under Messages in the console, or wait: each message is tried at least once an hour.',
      ],
    },
    reason: `You get this because you are a contact of ${oneLine(facts.tenant)} for the mail of ${domain}.`,
  };
}
