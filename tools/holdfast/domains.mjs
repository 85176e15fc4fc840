import { Option } from 'commander';
import { ask, path, Refused } from './client.mjs';
import { page, print, size, table, when } from './print.mjs';
import { primariesInWords, primariesOf, primaryOptions } from './primaries.mjs';
import { limit, limitsOf, onOff, recipients, wholeNumber } from './words.mjs';

export function domains(program) {
  const domain = program.command('domain').description('what is backed up');

  primaryOptions(domain.command('add <domain>'))
    .description('back up a domain; port 25 knows it within a second')
    .requiredOption('--tenant <name>')
    .option('--verified', 'you vouch that it is theirs: no TXT record needed')
    .option('--recipients <any|call-ahead|file.csv>', 'whom it takes mail for', recipients)
    .option('--json', 'for scripts')
    .action(async (name, { tenant, verified, recipients: policy, json, arc, ...said }, command) => {
      const options = { json };
      const primaries = primariesOf(said);
      if (!primaries) command.error('error: say where its mail belongs, with --primary HOST or --by-mx');
      const body = { domain: name, tenant, primaries, ...(verified && { verified }) };
      if (policy && !policy.file) Object.assign(body, policy);
      const { id, domain, state } = await ask('POST', '/domains', { body });
      if (policy?.file) {
        try {
          await takeList(domain, policy.file);
        } catch (error) {
          // A domain that was to have a list and has none would take mail for everybody.
          await ask('DELETE', path`/domains/${id}`);
          throw error;
        }
      }
      if (arc === 'off') await ask('PATCH', path`/domains/${id}`, { body: { sealed: false } });
      await print({ id, domain, state }, options, () => `${domain} is ${state}.`);
    });

  primaryOptions(domain.command('set <domain>'))
    .description(
      'where its mail belongs, whom it takes mail for, when, and how much; in force within a second',
    )
    .option('--recipients <any|call-ahead|list|file.csv>', 'whom it takes mail for', recipients)
    .option('--plus-addressing <on|off>', 'with a list: user+anything is user', onOff)
    .addOption(
      new Option('--when-primary-up <accept|defer>', 'defer asks senders (451) to use the primary').choices([
        'accept',
        'defer',
      ]),
    )
    .option('--defer-minutes <n>', 'the same network that tries again after so long gets in', wholeNumber)
    .option('--max-message-bytes <n>', 'a number, or "default"', limit)
    .option('--max-messages-per-hour <n>', 'a number, or "default"', limit)
    .option('--max-connections <n>', 'to its primary, when we deliver; a number, or "default"', limit)
    .option('--max-messages-per-minute <n>', 'when we deliver; a number, or "default"', limit)
    .option(
      '--retention-days <n>',
      'how long mail may wait, 1 to 90 or "default"; longer also helps what waits already',
      limit,
    )
    .option(
      '--keep-delivered-hours <n>',
      '0 to 72: so long delivered mail can be sent again (queue replay)',
      wholeNumber,
    )
    .option('--json', 'for scripts')
    .addHelpText('after', choices)
    .action(
      async (
        name,
        {
          json,
          recipients: policy,
          plusAddressing,
          whenPrimaryUp,
          deferMinutes,
          primary,
          byMx,
          tls,
          pin,
          login,
          passwordFile,
          tellClient,
          arc,
          ...limits
        },
      ) => {
        if (policy?.file) await takeList(name, policy.file);
        const said = { primary, byMx, tls, pin, login, passwordFile, tellClient };
        const isSaid = Object.values(said).some((one) => one !== undefined);
        const primaries = isSaid && primariesOf(said, (await ask('GET', path`/domains/${name}`)).primaries);
        const body = {
          ...(policy && !policy.file && policy),
          ...(plusAddressing && { plusAddressing: plusAddressing === 'on' }),
          ...(primaries && { primaries }),
          ...(arc && { sealed: arc === 'on' }),
          whenPrimaryUp,
          deferMinutes,
          ...limitsOf(limits),
        };
        await print(await ask('PATCH', path`/domains/${name}`, { body }), { json }, describe);
      },
    );

  const recipient = program.command('recipient').description('whom a domain with a list takes mail for');
  for (const [verb, what] of [
    ['add', 'addresses, or patterns such as sales-*; * alone is everybody'],
    ['remove', 'addresses or patterns as they are listed'],
  ]) {
    recipient
      .command(`${verb} <domain> <recipients...>`)
      .description(what)
      .option('--json', 'for scripts')
      .action(async (name, given, options) => {
        const answer = await ask('POST', path`/domains/${name}/recipients`, { body: { [verb]: given } });
        await print(answer, options, sentence);
      });
  }
  recipient
    .command('list <domain>')
    .description('who is listed')
    .option('--limit <n>', 'how many at most', wholeNumber)
    .option('--after <cursor>', 'where the page before ended')
    .option('--json', 'for scripts')
    .action(async (name, { json, ...query }) => {
      await print(await ask('GET', path`/domains/${name}/recipients`, { query }), { json }, (answer) =>
        page(answer, ['ADDRESS'], ({ address }) => [address], 'Nobody is listed.'),
      );
    });

  domain
    .command('list')
    .description('all domains, by name')
    .option('--tenant <name>', 'only those of one tenant')
    .option('--limit <n>', 'how many at most', wholeNumber)
    .option('--after <cursor>', 'where the page before ended')
    .option('--json', 'for scripts')
    .action(async ({ json, ...query }) => {
      await print(await ask('GET', '/domains', { query }), { json }, (answer) =>
        page(
          answer,
          ['DOMAIN', 'TENANT', 'STATE', 'PRIMARY', 'HELD', 'QUARANTINED', 'DELIVERED'],
          (d) => [
            d.domain,
            d.tenant,
            d.outage ? `${d.state}, primary down` : d.state,
            primaries(d),
            d.counts.held,
            d.counts.quarantined,
            d.counts.delivered,
          ],
          'There are no domains.',
        ),
      );
    });

  domain
    .command('show <domain>')
    .description('one domain')
    .option('--json', 'for scripts')
    .action(async (name, options) => {
      await print(await ask('GET', path`/domains/${name}`), options, describe);
    });

  domain
    .command('test <domain>')
    .description('try a connection to each primary, step by step; no mail is sent')
    .option('--json', 'for scripts')
    .action(async (name, options) => {
      const test = await finished(name, await ask('POST', path`/domains/${name}/tests`));
      await print(test, options, () =>
        table(
          ['PLACE', 'STEP', 'WELL', 'FOUND'],
          test.steps.map(({ place, step, isGood, found }) => [place, step, isGood ? 'yes' : 'NO', found]),
          'The domain has no primary.',
        ),
      );
    });

  domain
    .command('tls <domain>')
    .description('how encryption to its primaries went, by day')
    .option('--json', 'for scripts')
    .action(async (name, options) => {
      await print(await ask('GET', path`/domains/${name}/tls-results`), options, ({ items }) =>
        table(
          ['DAY', 'POLICY', 'RESULT', 'CONNECTIONS'],
          items.map(({ day, policy, result, count }) => [day, policy, result, count]),
          'No connection has been counted yet.',
        ),
      );
    });

  domain
    .command('remove <domain>')
    .description('stop backing up a domain; refused while mail is held for it')
    .option('--discard-held', 'discard what is held')
    .option('--json', 'for scripts')
    .action(async (name, { discardHeld, ...options }) => {
      await ask('DELETE', path`/domains/${name}`, { query: { held: discardHeld ? 'discard' : undefined } });
      await print({ domain: name, removed: true }, options, () => `${name} is backed up no more.`);
    });
}

/** A test is over when the relay says so; its own patience with a primary ends before ours. */
async function finished(name, test) {
  for (const until = Date.now() + testPatienceMs; !test.doneAt;) {
    if (Date.now() > until) throw new Refused('The test is not over yet: does a relay run?');
    await new Promise((resolve) => setTimeout(resolve, 300));
    test = await ask('GET', path`/domains/${name}/tests/${test.id}`);
  }
  return test;
}

const testPatienceMs = 120_000;

/** Gives a domain the list in a file, and names the lines that are no recipients. */
async function takeList(name, file) {
  const answer = await ask('PUT', path`/domains/${name}/recipients`, { file });
  for (const { row, message } of answer.problems.slice(0, mostNamed))
    process.stderr.write(`${file}:${row} ${message}; passed over\n`);
  if (answer.problemCount > mostNamed)
    process.stderr.write(`${answer.problemCount} lines in all were passed over\n`);
  await ask('PATCH', path`/domains/${name}`, { body: { recipients: 'list' } });
}

const choices = `
--recipients
  any         mail for every address of the domain is taken
  list        only for listed addresses (holdfast recipient); others are refused (550)
  FILE.csv    the same, with the list in the first column of a file in place of what was listed
  call-ahead  the primary is asked beforehand which addresses exist; whom it does not know is refused, or put off where
              "holdfast filter set --unknown-recipient defer" says so
--when-primary-up
  accept      mail is taken whether the primary is up or not
  defer       while it is up, senders are asked (451) to use it, so that its own filter sees them
Limits: the stricter of this and the tenant's applies; "default" is the tenant's alone.`;

const mostNamed = 20;

const sentence = ({ added, removed, total }) =>
  `${added} added, ${removed} removed; ${total} are listed now.`;

const primaries = (domain) =>
  domain.primaries
    .map(({ host, port, byMx }) => `${byMx ? 'MX of ' : ''}${host}${port === 25 ? '' : `:${port}`}`)
    .join(' ');

function recipientsOf({ recipientPolicy, recipientsListed, plusAddressing, primaryAcceptsAll }) {
  if (recipientPolicy === 'list')
    return `list of ${recipientsListed}${plusAddressing ? ', user+anything is user' : ''}`;
  if (recipientPolicy === 'call-ahead' && primaryAcceptsAll)
    return 'call-ahead, but the primary takes any address: it cannot tell us whom it knows';
  return recipientPolicy;
}

const whileUp = ({ whenPrimaryUp, deferMinutes }) =>
  whenPrimaryUp === 'defer'
    ? `senders are asked to use it; who insists for ${deferMinutes} min gets in`
    : 'mail is taken';

function describe(domain) {
  const { counts, outage } = domain;
  return table(
    ['', ''],
    [
      ['Domain', domain.domain],
      ['Id', domain.id],
      ['Tenant', domain.tenant],
      ['State', domain.state],
      ['Recipients', recipientsOf(domain)],
      ['Primary', primariesInWords(domain)],
      ['ARC seal', domain.sealed ? 'on, once its key is published' : 'off'],
      ['While the primary is up', whileUp(domain)],
      ['Connections to its primary at most', domain.maxConnections ?? 'as the relay sees fit'],
      ['Messages a minute to it at most', domain.maxMessagesPerMinute ?? 'as fast as it takes them'],
      ['Messages an hour at most', domain.maxMessagesPerHour ?? 'the tenant’s limit'],
      ['Bytes of a message at most', domain.maxMessageBytes ?? 'the tenant’s limit'],
      ['Days a message may wait', domain.retentionDays],
      ['Hours that delivered mail is kept', domain.keepDeliveredHours || 'none'],
      ['Primary is', outage ? `down since ${when(outage.beganAt)}: ${outage.cause}` : 'not known to be down'],
      ['Held', `${counts.held} (${size(counts.heldBytes)})`],
      ['Being sent', counts.sending],
      ['Quarantined', counts.quarantined],
      ['Delivered', counts.delivered],
      ['Refused, expired, discarded', `${counts.refused}, ${counts.expired}, ${counts.discarded}`],
      ['Oldest is given up', when(domain.oldestExpiresAt)],
    ],
    '',
  );
}
