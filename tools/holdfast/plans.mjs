import { ask, path } from './client.mjs';
import { limitOptions, limitRows } from './limits.mjs';
import { page, print, table, when } from './print.mjs';
import { limitsOf, wholeNumber } from './words.mjs';

export function plans(program) {
  const plan = program.command('plan').description('what tenants can be sold: limits with a name');

  for (const [verb, description, send] of [
    ['add', 'make a plan', (name, limits) => ask('POST', '/plans', { body: { name, ...limits } })],
    [
      'set',
      'change its limits, for every tenant that has it; in force within a second',
      (name, limits) => ask('PATCH', path`/plans/${name}`, { body: limits }),
    ],
  ]) {
    limitOptions(plan.command(`${verb} <name>`).description(description), 'the provider’s')
      .option('--json', 'for scripts')
      .action(async (name, { json, ...limits }) => {
        await print(await send(name, limitsOf(limits)), { json }, describe);
      });
  }

  plan
    .command('list')
    .description('all plans, by name')
    .option('--limit <n>', 'how many at most', wholeNumber)
    .option('--after <cursor>', 'where the page before ended')
    .option('--json', 'for scripts')
    .action(async ({ json, ...query }) => {
      await print(await ask('GET', '/plans', { query }), { json }, (answer) =>
        page(
          answer,
          ['NAME', 'TENANTS', 'MAX HELD', 'MAX BYTES', 'MAX MESSAGE', 'AN HOUR', 'DAYS'],
          (p) => [
            p.name,
            p.tenants,
            p.maxHeldMessages,
            p.maxHeldBytes,
            p.maxMessageBytes,
            p.maxMessagesPerHour,
            p.retentionDays,
          ],
          'There are no plans.',
        ),
      );
    });
}

function describe(plan) {
  return table(
    ['', ''],
    [
      ['Name', plan.name],
      ['Id', plan.id],
      ['Since', when(plan.createdAt)],
      ['Tenants', plan.tenants],
      ...limitRows((field) => plan[field] ?? 'the provider’s default'),
    ],
    '',
  );
}
