import type { Filter } from '../http/contract';
import { choiceWords, fill, filterSentence, kindWords } from './filter-words';

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

it.each([
  [0, 10, '0 of 10', 'plain'],
  [7, 10, '7 of 10', 'plain'],
  [8, 10, '8 of 10, 80 % used', 'holding'],
  [10, 10, '10 of 10, used up', 'trouble'],
  [12, 10, '12 of 10, used up', 'trouble'],
  [0, 0, '0 of 0', 'plain'],
  [3, null, '3, no limit', 'plain'],
] as const)('%d of at most %j', (held, most, words, tone) =>
  expect(fill(held, most, String)).toMatchObject({ words, tone }),
);

it('has words for every choice of every kind, and for what is chosen', () => {
  for (const { kind, choices } of kindWords) {
    expect(choices).toContain(filter[kind]);
    for (const choice of choices) expect(choiceWords[choice].word).toBeTruthy();
  }
});
