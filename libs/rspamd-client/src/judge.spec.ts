import { judge, type FilterWishes, type SenderFacts } from './judge';
import type { Verdict } from './verdict';

const wishes: FilterWishes = {
  spam: 'refuse',
  malware: 'refuse',
  blocked: 'refuse',
  blockList: 'refuse',
  ownDomain: 'accept',
  rejectScore: null,
  tagScore: null,
};

const verdict = (more: Partial<Verdict> = {}, ...symbols: string[]): Verdict => ({
  action: 'no action',
  score: 1,
  requiredScore: 15,
  symbols: symbols.map((name) => ({ name, score: 1, options: [] })),
  isInfected: false,
  isVirusScanMissing: false,
  messages: {},
  ...more,
});

const onList = verdict({}, 'HOLDFAST_LISTED_ON_BL.TEST');
const spam = verdict({ action: 'reject', score: 16 });
const infected = verdict({ action: 'reject', isInfected: true });
const allowed: SenderFacts = { listed: { list: 'allow', by: 'sender' }, claimsOwnDomain: false };
const network: SenderFacts = { listed: { list: 'allow', by: 'network' }, claimsOwnDomain: false };
const blocked: SenderFacts = { listed: { list: 'block', by: 'sender' }, claimsOwnDomain: false };
const ours: SenderFacts = { claimsOwnDomain: true };

it.each<[string, Verdict | undefined, Partial<FilterWishes>, SenderFacts | undefined, string]>([
  ['an ordinary mail', verdict(), {}, undefined, 'take'],
  ['spam', spam, {}, undefined, 'refuse: spam'],
  ['spam, to be put off', spam, { spam: 'defer' }, undefined, 'defer: spam'],
  ['spam, to be put aside', spam, { spam: 'quarantine' }, undefined, 'quarantine: spam'],
  ['spam, to be marked', spam, { spam: 'tag' }, undefined, 'take: spam, marked'],
  ['less than the tenant’s score', spam, { rejectScore: 20 }, undefined, 'take, marked'],
  ['more than the tenant’s score', verdict({ score: 8 }), { rejectScore: 8 }, undefined, 'refuse: spam'],
  [
    'a test pattern, whatever the score',
    verdict({ action: 'reject', score: 15 }, 'GTUBE'),
    { rejectScore: 99 },
    undefined,
    'refuse: spam',
  ],
  [
    'a rule that refuses by itself',
    verdict({ action: 'reject' }),
    { rejectScore: 99 },
    undefined,
    'refuse: spam',
  ],
  ['what rspamd marks', verdict({ action: 'add header', score: 7 }), {}, undefined, 'take, marked'],
  ['what the tenant marks', verdict({ score: 3 }), { tagScore: 3 }, undefined, 'take, marked'],
  [
    'what only rspamd would mark',
    verdict({ action: 'add header', score: 7 }),
    { tagScore: 8 },
    undefined,
    'take',
  ],
  ['the grey list', verdict({ action: 'soft reject' }), {}, undefined, 'defer: grey-list'],
  ['the grey list and an allowed network', verdict({ action: 'soft reject' }), {}, network, 'take'],
  ['malware', infected, {}, undefined, 'refuse: malware'],
  ['malware, to be put aside', infected, { malware: 'quarantine' }, undefined, 'quarantine: malware'],
  ['malware from an allowed network', infected, {}, network, 'refuse: malware'],
  ['spam from an allowed sender', spam, {}, allowed, 'take'],
  [
    'spam from somebody who only says so',
    verdict({ action: 'reject', score: 16 }, 'R_SPF_FAIL'),
    {},
    allowed,
    'refuse: spam',
  ],
  [
    'spam from an allowed network',
    verdict({ action: 'reject', score: 16 }, 'R_SPF_FAIL'),
    {},
    network,
    'take',
  ],
  ['a blocked sender', verdict(), {}, blocked, 'refuse: blocked'],
  ['a blocked sender, put off', verdict(), { blocked: 'defer' }, blocked, 'defer: blocked'],
  ['a blocked sender whom nobody scanned', undefined, {}, blocked, 'refuse: blocked'],
  ['a server on a block list', onList, {}, undefined, 'refuse: block-list'],
  ['the same, put aside', onList, { blockList: 'quarantine' }, undefined, 'quarantine: block-list'],
  ['the same, of no matter here', onList, { blockList: 'accept' }, undefined, 'take'],
  ['the same, allowed', onList, {}, network, 'take'],
  [
    'the same, when rspamd stopped early',
    verdict({ action: 'soft reject' }, 'HOLDFAST_LISTED_ON_BL.TEST'),
    {},
    undefined,
    'refuse: block-list',
  ],
  ['a list that could not be asked', verdict({}, 'HOLDFAST_ASKS_BL.TEST_FAIL'), {}, undefined, 'take'],
  ['anybody whom nobody scanned', undefined, { ownDomain: 'refuse' }, ours, 'take'],
  ['the own domain', verdict(), {}, ours, 'take'],
  ['the own domain, refused', verdict(), { ownDomain: 'refuse' }, ours, 'refuse: own-domain'],
  ['the own domain, shown by SPF', verdict({}, 'R_SPF_ALLOW'), { ownDomain: 'refuse' }, ours, 'take'],
  ['the own domain, shown by DMARC', verdict({}, 'DMARC_POLICY_ALLOW'), { ownDomain: 'defer' }, ours, 'take'],
])('%s', (_what, given, more, facts, expected) => {
  const { does, finding, isTagged } = judge(
    given,
    { ...wishes, ...more },
    facts ?? { claimsOwnDomain: false },
  );
  const mark = does === 'take' && isTagged ? ', marked' : '';
  expect(`${does}${finding ? `: ${finding}` : ''}${mark}`).toBe(expected);
});
