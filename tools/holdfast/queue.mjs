import { Option } from 'commander';
import { ask } from './client.mjs';
import { follow } from './jobs.mjs';
import { page, print, size, table, when } from './print.mjs';
import { moment, wholeNumber } from './words.mjs';

const states = ['held', 'sending', 'quarantined', 'delivered', 'refused', 'expired', 'discarded'];

const levers = {
  retry: 'try now',
  hold: 'keep it, whatever recovers, until it is released',
  release: 'take back "hold", or let it out of quarantine',
  discard: 'throw it away; the sender is not told',
};

export function queue(program) {
  const noun = program.command('queue').description('deliveries: one for each recipient of each message');

  noun
    .command('list')
    .description('newest first')
    .option('--domain <domain>')
    .addOption(new Option('--state <state>').choices(states))
    .option('--message <id>', 'all recipients of one message')
    .option('--limit <n>', 'how many at most', wholeNumber)
    .option('--after <cursor>', 'where the page before ended')
    .option('--json', 'for scripts')
    .action(async ({ json, ...query }) => {
      await print(await ask('GET', '/deliveries', { query }), { json }, (answer) =>
        page(
          answer,
          ['DELIVERY', 'RECIPIENT', 'SENDER', 'STATE', 'RECEIVED', 'NEXT', 'TRIES', 'SIZE', 'LAST REPLY'],
          (d) => [
            d.deliveryId,
            d.recipient,
            d.sender || '<>',
            d.isParked ? 'held by hand' : d.state,
            when(d.receivedAt),
            when(d.nextAttemptAt),
            d.attempts,
            size(d.bytes),
            d.lastReply,
          ],
          'Nothing here.',
        ),
      );
    });

  noun
    .command('stats')
    .description('how many are in which state')
    .option('--domain <domain>')
    .option('--json', 'for scripts')
    .action(async ({ json, ...query }) => {
      await print(await ask('GET', '/deliveries/stats', { query }), { json }, (answer) =>
        table(
          ['STATE', 'DELIVERIES'],
          states.map((state) => [state, answer[state]]),
          '',
        ),
      );
    });

  const replay = noun
    .command('replay [deliveries...]')
    .description('send again what a primary took and lost, as far as the domain keeps delivered mail')
    .option('--domain <domain>', 'all that is kept of a domain')
    .option('--since <time>', 'delivered since then: 2026-11-25T10:00Z, or 90m, 6h, 2d ago', moment)
    .option('--until <time>', 'delivered before then', moment)
    .option('--json', 'for scripts')
    .action(async (deliveries, { domain, since, until, ...options }) => {
      if (deliveries.length > 0 === (domain !== undefined))
        replay.error('error: name deliveries, or a domain with --domain, and not both');
      const body = domain === undefined ? { deliveries } : { domain, since, until };
      await print(await ask('POST', '/deliveries/replays', { body }), options, ({ changed }) =>
        changed === 1 ? 'One delivery is sent again.' : `${changed} deliveries are sent again.`,
      );
    });

  for (const [action, description] of Object.entries(levers)) {
    const verb = noun
      .command(`${action} [deliveries...]`)
      .description(description)
      .option('--message <id>', 'all recipients of one message')
      .option('--domain <domain>', 'all of a domain')
      .option('--tenant <name>', 'all of a tenant')
      .addOption(
        new Option('--state <state>', 'of those only what waits so').choices(['held', 'quarantined']),
      )
      .option('--no-wait', 'many are moved in the background: say the job and leave')
      .option('--json', 'for scripts')
      .action(async (deliveries, { message, domain, tenant, state, wait, ...options }) => {
        const said = [deliveries.length > 0 || undefined, message, domain ?? tenant];
        if (said.filter((one) => one !== undefined).length !== 1)
          verb.error('error: name deliveries, or one of --message, --domain and --tenant');
        const isFiltered = state !== undefined || tenant !== undefined;
        if (isFiltered && (domain ?? tenant) === undefined)
          verb.error('error: --state belongs to --domain or --tenant');
        const answer = isFiltered
          ? {
              changed: 0,
              jobId: (await ask('POST', '/jobs', { body: { action, domain, tenant, state } })).id,
            }
          : await ask('POST', '/deliveries/actions', {
              body: { action, message, domain, ...(deliveries.length > 0 && { deliveries }) },
            });
        await print(await moved(answer, wait), options, ({ changed, job }) => {
          if (job && !wait) return `Many: job ${job} moves them.`;
          return changed === 1 ? 'One delivery was moved.' : `${changed} deliveries were moved.`;
        });
      });
  }
}

/** @param answer of the api; what is too much for one answer is followed to its end */
async function moved({ changed, jobId }, wait) {
  if (jobId === undefined) return { changed };
  return { changed: wait ? (await follow(jobId)).changed : 0, job: jobId };
}
