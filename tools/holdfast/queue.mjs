import { Option } from 'commander';
import { ask } from './client.mjs';
import { page, print, size, table, when } from './print.mjs';
import { wholeNumber } from './words.mjs';

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

  for (const [action, description] of Object.entries(levers)) {
    const verb = noun
      .command(`${action} [deliveries...]`)
      .description(description)
      .option('--domain <domain>', 'all of a domain')
      .option('--json', 'for scripts')
      .action(async (deliveries, { domain, ...options }) => {
        if (deliveries.length > 0 === (domain !== undefined))
          verb.error('error: name deliveries, or a domain with --domain, and not both');
        const body = { action, ...(domain === undefined ? { deliveries } : { domain }) };
        await print(await ask('POST', '/deliveries/actions', { body }), options, ({ changed }) =>
          changed === 1 ? 'One delivery was moved.' : `${changed} deliveries were moved.`,
        );
      });
  }
}
