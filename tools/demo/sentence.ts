/** The one sentence on top of the page: what is the matter, and what to do next. */
import type { DomainState } from './watch';

export interface Sentence {
  /** Chooses colour and shape of the mark beside it. */
  tone: 'safe' | 'holding' | 'unknown';
  headline: string;
  advice: string;
}

export interface World {
  isPrimaryUp: boolean;
  /** Messages the primaries took so far. */
  received: number;
  /** null while the provider's API does not answer. */
  domains: DomainState[] | null;
}

const messages = (n: number): string => (n === 1 ? '1 message' : `${n.toLocaleString('en')} messages`);
const are = (n: number): string => (n === 1 ? 'is' : 'are');

export function sentence({ isPrimaryUp, received, domains }: World): Sentence {
  if (!domains) {
    return {
      tone: 'unknown',
      headline: 'Holdfast does not answer yet.',
      advice: 'It may be starting. This page notices when it is there; nothing has to be reloaded.',
    };
  }
  const waiting = domains.reduce((sum, { held, sending }) => sum + held + sending, 0);
  if (!isPrimaryUp && waiting === 0) {
    return {
      tone: 'unknown',
      headline: 'Both primaries are off, and nothing is held yet.',
      advice: 'Send a message as a stranger would: Holdfast takes it, keeps it and tells the owner.',
    };
  }
  if (!isPrimaryUp) {
    return {
      tone: 'holding',
      headline: `The mail is safe: ${messages(waiting)} ${are(waiting)} held while the primaries are off.`,
      advice:
        'The owner hears of it, see Notifications. Switch the primaries on, and all of it is delivered.',
    };
  }
  if (waiting > 0) {
    const isDraining = domains.some(({ sending, outage }) => sending > 0 || outage !== null);
    return {
      tone: 'holding',
      headline: isDraining
        ? `The primaries are on; ${messages(waiting)} ${are(waiting)} on the way.`
        : `The primaries are on; ${messages(waiting)} ${waiting === 1 ? 'waits' : 'wait'} for the next attempt.`,
      advice:
        'What a primary puts off for later stays held and is tried again. The console shows what it said.',
    };
  }
  return {
    tone: 'safe',
    headline: 'All quiet. The primaries are on and nothing is held.',
    advice:
      received === 0
        ? 'Switch them off to see what a backup MX is for.'
        : `${messages(received)} ${received === 1 ? 'has' : 'have'} arrived so far. Switch the primaries off to see what a backup MX is for.`,
  };
}
