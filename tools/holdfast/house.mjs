import { Argument } from 'commander';
import { ask } from './client.mjs';
import { page, print, table, when } from './print.mjs';
import { wholeNumber } from './words.mjs';

/** What is about the whole house: its status, its outages, its demo. */
export function house(program) {
  program
    .command('status')
    .description('how everything is')
    .option('--json', 'for scripts')
    .action(async (options) => {
      await print(await ask('GET', '/status'), options, async (status) => {
        const nodes = await table(
          ['NODE', 'PROGRAM', 'WORKER', 'READY', 'SEEN'],
          status.nodes.map((n) => [n.node, n.program, n.worker, n.ready ? 'yes' : 'no', when(n.seenAt)]),
          'No program has been seen.',
        );
        const says = status.ready ? 'Ready.' : 'Not ready.';
        const counts = `Held ${status.held}, quarantined ${status.quarantined}, open outages ${status.outagesOpen}.`;
        return [`${says} ${counts}`, ...status.reasons.map((reason) => `- ${reason}`), '', nodes].join('\n');
      });
    });

  program
    .command('outage')
    .description('periods in which a primary was down')
    .command('list')
    .description('newest first')
    .option('--domain <domain>')
    .option('--open', 'only those that are open now')
    .option('--limit <n>', 'how many at most', wholeNumber)
    .option('--after <cursor>', 'where the page before ended')
    .option('--json', 'for scripts')
    .action(async ({ json, ...query }) => {
      await print(await ask('GET', '/outages', { query }), { json }, (answer) =>
        page(
          answer,
          ['DOMAIN', 'BEGAN', 'NOTICED', 'ENDED', 'HELD', 'DELIVERED', 'CAUSE'],
          (o) => [
            o.domain,
            when(o.beganAt),
            when(o.noticedAt),
            when(o.endedAt),
            o.messagesHeld,
            o.delivered,
            o.cause,
          ],
          'No outages.',
        ),
      );
    });

  program
    .command('demo')
    .description('the demo that "npm start" runs')
    .command('primary')
    .description("switch the demo's primary on or off")
    .addArgument(new Argument('<up|down>').choices(['up', 'down']))
    .option('--json', 'for scripts')
    .action(async (position, options) => {
      const answer = await ask('POST', '/demo/primary', { body: { up: position === 'up' } });
      await print(answer, options, ({ up }) => `The demo's primary is ${up ? 'up' : 'down'}.`);
    });
}
