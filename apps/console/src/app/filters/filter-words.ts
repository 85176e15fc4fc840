import type { Filter } from '../http/contract';

/** How the console says what becomes of which mail. Pure, so that a table of examples can hold it to them. */

export type Choice = 'accept' | 'refuse' | 'defer' | 'quarantine' | 'tag';
export type Kind = Exclude<keyof Filter, 'tenant' | 'rejectScore' | 'tagScore' | 'rules'>;

export const choiceWords: Readonly<Record<Choice, { word: string; means: string }>> = {
  accept: { word: 'Do nothing', means: 'It is taken like other mail.' },
  refuse: { word: 'Refuse', means: 'Nothing is taken; the sender’s server hears 550 and tells the author.' },
  defer: { word: 'Put off', means: 'Nothing is taken; the sender’s server tries again for some days.' },
  quarantine: {
    word: 'Put aside',
    means: 'It is taken and waits under Messages until you release or discard it.',
  },
  tag: { word: 'Deliver with a mark', means: 'It goes to your server with “X-Spam-Flag: YES” on top.' },
};

export interface KindWords {
  readonly kind: Kind;
  readonly label: string;
  readonly what: string;
  readonly choices: readonly Choice[];
}

/** In the order in which port 25 decides. */
export const kindWords: readonly KindWords[] = [
  {
    kind: 'unknownRecipient',
    label: 'Unknown recipients',
    what: 'Whom your server did not know when it was asked; only where a domain uses call-ahead.',
    choices: ['refuse', 'defer'],
  },
  {
    kind: 'malware',
    label: 'Malware',
    what: 'What the virus scanner found. No rule of yours lets it through.',
    choices: ['refuse', 'defer', 'quarantine'],
  },
  {
    kind: 'blocked',
    label: 'Blocked by you',
    what: 'Senders and networks on your own block list below.',
    choices: ['refuse', 'defer', 'quarantine'],
  },
  {
    kind: 'blockList',
    label: 'On a DNS block list',
    what: 'Whose server is on a list that your provider asks.',
    choices: ['accept', 'refuse', 'defer', 'quarantine'],
  },
  {
    kind: 'ownDomain',
    label: 'Pretends to be you',
    what: 'A sender in the very domain that is written to, whom neither SPF nor DMARC shows to be yours.',
    choices: ['accept', 'refuse', 'defer', 'quarantine'],
  },
  {
    kind: 'spam',
    label: 'Spam',
    what: 'Mail with a high score.',
    choices: ['refuse', 'defer', 'quarantine', 'tag'],
  },
];

const spamWords: Readonly<Record<Exclude<Choice, 'accept'>, string>> = {
  refuse: 'Spam is refused while its sender is still connected.',
  defer: 'Spam is put off again and again.',
  quarantine: 'Spam is put aside until somebody looks at it.',
  tag: 'Spam is delivered to your server with a mark.',
};

/** The page's sentence: what a worried person asks first, then the rules. */
export function filterSentence({ spam, rules }: Filter): { headline: string; rest: string } {
  const are = (n: number): string => (n === 0 ? 'nobody is' : n === 1 ? '1 is' : `${n} are`);
  return {
    headline: spamWords[spam],
    rest:
      rules.allow + rules.block === 0
        ? 'Nobody is allowed or blocked by a rule of yours.'
        : `By your rules ${are(rules.block)} blocked and ${are(rules.allow)} allowed.`,
  };
}

/** How full something is. @param most null: no limit */
export function fill(
  held: number,
  most: number | null,
  word: (n: number) => string,
): { words: string; percent: number | undefined; tone: 'plain' | 'holding' | 'trouble' } {
  if (most === null) return { words: `${word(held)}, no limit`, percent: undefined, tone: 'plain' };
  const percent = most === 0 ? (held > 0 ? 100 : 0) : Math.min(100, Math.floor((held / most) * 100));
  const used = percent >= 100 ? ', used up' : percent >= 80 ? `, ${percent} % used` : '';
  return {
    words: `${word(held)} of ${word(most)}${used}`,
    percent,
    tone: percent >= 100 ? 'trouble' : percent >= 80 ? 'holding' : 'plain',
  };
}
