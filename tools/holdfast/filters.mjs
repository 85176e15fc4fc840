import { Option } from 'commander';
import { ask, path } from './client.mjs';
import { page, print, table, when } from './print.mjs';
import { limitsOf, score, wholeNumber } from './words.mjs';

/** What becomes of mail that looks bad: as each value reads in --help, in the order in which port 25 decides. */
const kinds = [
  {
    option: '--unknown-recipient',
    field: 'unknownRecipient',
    label: 'Unknown when the primary was asked',
    what: 'with call-ahead: a recipient whom the primary did not know',
    choices: ['refuse', 'defer'],
  },
  {
    option: '--malware',
    field: 'malware',
    label: 'Malware',
    what: 'what the virus scanner found; no rule lets it through',
    choices: ['refuse', 'defer', 'quarantine'],
  },
  {
    option: '--blocked',
    field: 'blocked',
    label: 'Blocked by a rule',
    what: 'who is on the tenant’s own block list',
    choices: ['refuse', 'defer', 'quarantine'],
  },
  {
    option: '--block-list',
    field: 'blockList',
    label: 'On a DNS block list',
    what: 'whose server is on a list that the provider asks',
    choices: ['accept', 'refuse', 'defer', 'quarantine'],
  },
  {
    option: '--own-domain',
    field: 'ownDomain',
    label: 'Claims to be in the domain itself',
    what: 'a sender in the very domain that is written to, whom neither SPF nor DMARC shows to be its own',
    choices: ['accept', 'refuse', 'defer', 'quarantine'],
  },
  {
    option: '--spam',
    field: 'spam',
    label: 'Spam',
    what: 'mail with the reject score or more',
    choices: ['refuse', 'defer', 'quarantine', 'tag'],
  },
];

const meanings = `
What becomes of mail:
  refuse      550 while the sender is connected; nothing is taken, the sender's own server tells its author
  defer       451 (450 for a recipient); nothing is taken, the sender's server tries again for some days
  quarantine  taken and put aside: a person releases it (holdfast queue release) or discards it
  tag         delivered as other mail, with "X-Spam-Flag: YES" on top, for the primary's own filter
  accept      nothing is done about it

A message for several tenants gets one answer: while one of them takes it, it is 250, and put aside for those who would not.
In force on port 25 within a second.`;

export function filters(program) {
  const filter = program.command('filter').description('what a tenant wants done with mail that looks bad');

  filter
    .command('show')
    .description('what becomes of which mail')
    .requiredOption('--tenant <name>')
    .option('--json', 'for scripts')
    .addHelpText('after', meanings)
    .action(async ({ tenant, ...options }) => {
      await print(await ask('GET', path`/tenants/${tenant}/filter`), options, describe);
    });

  const set = filter
    .command('set')
    .description('change it; what is left out stays as it is')
    .requiredOption('--tenant <name>');
  for (const { option, what, choices } of kinds)
    set.addOption(new Option(`${option} <choice>`, what).choices(choices));
  set
    .option(
      '--reject-score <n>',
      'mail is spam from this score; a number from 1 to 1000, or "default"',
      score,
    )
    .option('--tag-score <n>', 'mail is tagged from this score; a number from 0 to 1000, or "default"', score)
    .option('--json', 'for scripts')
    .addHelpText('after', meanings)
    .action(async ({ tenant, json, ...changes }) => {
      const answer = await ask('PATCH', path`/tenants/${tenant}/filter`, { body: limitsOf(changes) });
      await print(answer, { json }, describe);
    });

  for (const [verb, what] of [
    ['allow', 'take mail of these senders and networks, spam or not; allowed goes before blocked'],
    ['block', 'mail of these senders and networks becomes what "filter set --blocked" says'],
    ['forget', 'take these out of either list'],
  ]) {
    filter
      .command(`${verb} <patterns...>`)
      .description(what)
      .requiredOption('--tenant <name>')
      .option('--json', 'for scripts')
      .addHelpText('after', patterns)
      .action(async (given, { tenant, ...options }) => {
        const answer = await ask('POST', path`/tenants/${tenant}/filter/rules`, { body: { [verb]: given } });
        await print(answer, options, sentence);
      });
  }

  filter
    .command('list')
    .description('whom a tenant allows or blocks')
    .requiredOption('--tenant <name>')
    .addOption(new Option('--verdict <verdict>', 'one of the two lists').choices(['allow', 'block']))
    .option('--limit <n>', 'how many at most', wholeNumber)
    .option('--after <cursor>', 'where the page before ended')
    .option('--json', 'for scripts')
    .action(async ({ tenant, json, ...query }) => {
      await print(await ask('GET', path`/tenants/${tenant}/filter/rules`, { query }), { json }, (answer) =>
        page(
          answer,
          ['PATTERN', 'VERDICT', 'SINCE'],
          (rule) => [rule.pattern, rule.verdict, when(rule.createdAt)],
          'Nobody is allowed or blocked by a rule.',
        ),
      );
    });
}

const patterns = `
A pattern is
  ada@sender.example   one address; allowed only as long as SPF does not contradict it: anybody can write it
  sender.example       a domain and its subdomains
  192.0.2.7            the address of the server that connects
  192.0.2.0/24         a network, IPv4 or IPv6
A pattern that was in the other list changes over. In force on port 25 within a second.`;

const sentence = ({ added, removed, total }) =>
  `${added} added, ${removed} removed; there ${total === 1 ? 'is 1 rule' : `are ${total} rules`} now.`;

function describe(filter) {
  const ours = 'the provider’s';
  return table(
    ['', ''],
    [
      ['Tenant', filter.tenant],
      ...kinds.map(({ label, field }) => [label, filter[field]]),
      ['Spam from score', filter.rejectScore ?? ours],
      ['Tagged from score', filter.tagScore ?? ours],
      ['Rules', `${filter.rules.allow} allow, ${filter.rules.block} block`],
    ],
    '',
  );
}
