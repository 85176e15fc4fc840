import type { Filter } from '../http/contract';
import { choiceWords, filterSentence, kindWords } from './filter-words';

const filter: Filter = {
  tenant: 'Tidewater Press',
  spam: 'refuse',
  malware: 'refuse',
  blocked: 'refuse',
  blockList: 'refuse',
  ownDomain: 'accept',
  unknownRecipient: 'refuse',
  rejectScore: null,
  tagScore: null,
  rules: { allow: 0, block: 0 },
};

it.each([
  [
    {},
    'Spam is refused while its sender is still connected. Nobody is allowed or blocked by a rule of yours.',
  ],
  [
    { spam: 'quarantine', rules: { allow: 1, block: 0 } },
    'Spam is put aside until somebody looks at it. By your rules nobody is blocked and 1 is allowed.',
  ],
  [
    { spam: 'tag', rules: { allow: 2, block: 12 } },
    'Spam is delivered to your server with a mark. By your rules 12 are blocked and 2 are allowed.',
  ],
] as const)('%j', (more, sentence) => {
  const { headline, rest } = filterSentence({ ...filter, ...more });
  expect(`${headline} ${rest}`).toBe(sentence);
});

it('has words for every choice of every kind, and for what is chosen', () => {
  for (const { kind, choices } of kindWords) {
    expect(choices).toContain(filter[kind]);
    for (const choice of choices) expect(choiceWords[choice].word).toBeTruthy();
  }
});
