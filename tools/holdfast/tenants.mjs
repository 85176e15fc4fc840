import { Option } from 'commander';
import { ask, path } from './client.mjs';
import { limitOptions, limitRows } from './limits.mjs';
import { page, print, size, table, when } from './print.mjs';
import { limitsOf, onOff, wholeNumber } from './words.mjs';

export function tenants(program) {
  const tenant = program.command('tenant').description('customers');

  tenant
    .command('add <name>')
    .description('make a tenant')
    .option('--contact <email>', 'hears about held mail; you vouch for the address')
    .option('--plan <plan>', 'its limits, where it has none of its own')
    .option('--json', 'for scripts')
    .action(async (name, { contact, plan, ...options }) => {
      const { id } = await ask('POST', '/tenants', { body: { name, contact, plan } });
      await print({ id, name }, options, () => `${name} is a tenant now.`);
    });

  limitOptions(
    tenant.command('set <name>').description('plan, limits and suspension; in force within a second'),
    'the plan’s, else the provider’s',
  )
    .option('--plan <plan>', 'its limits, where it has none of its own; "none": no plan')
    .option('--suspended <on|off>', 'new mail is 450; what is held is still delivered', onOff)
    .option('--json', 'for scripts')
    .action(async (name, { json, suspended, plan, ...limits }) => {
      const body = {
        ...limitsOf(limits),
        ...(plan && { plan: plan === 'none' ? null : plan }),
        ...(suspended && { suspended: suspended === 'on' }),
      };
      await print(await ask('PATCH', path`/tenants/${name}`, { body }), { json }, describe);
    });

  tenant
    .command('list')
    .description('all tenants, by name')
    .option('--limit <n>', 'how many at most', wholeNumber)
    .option('--after <cursor>', 'where the page before ended')
    .option('--json', 'for scripts')
    .action(async ({ json, ...query }) => {
      await print(await ask('GET', '/tenants', { query }), { json }, (answer) =>
        page(
          answer,
          ['NAME', 'PLAN', 'SUSPENDED', 'MAX HELD', 'MAX BYTES', 'CONTACTS'],
          (t) => [
            t.name,
            t.plan,
            t.suspended ? 'yes' : 'no',
            t.limits.maxHeldMessages,
            t.limits.maxHeldBytes,
            t.contacts.map((c) => c.email).join(' '),
          ],
          'There are no tenants.',
        ),
      );
    });

  tenant
    .command('show <name>')
    .description('one tenant')
    .option('--json', 'for scripts')
    .action(async (name, options) => {
      await print(await ask('GET', path`/tenants/${name}`), options, describe);
    });

  program
    .command('user')
    .description('people')
    .command('add <email>')
    .description('let a person into a tenant; answers a link that signs them in once')
    .requiredOption('--tenant <name>')
    .addOption(
      new Option('--role <role>')
        .choices(['owner', 'admin', 'member', 'billing', 'auditor'])
        .makeOptionMandatory(),
    )
    .option('--json', 'for scripts')
    .action(async (email, { tenant: name, role, ...options }) => {
      const answer = await ask('POST', path`/tenants/${name}/users`, { body: { email, role } });
      await print(
        answer,
        options,
        ({ signInUrl }) => `${email} is ${role} of ${name}. A link that works once:\n${signInUrl}`,
      );
    });
}

function describe(tenant) {
  const whatApplies = (field) => {
    const applies = tenant.limits[field] ?? 'no limit';
    return tenant[field] === null ? applies : `${applies}, its own`;
  };
  return table(
    ['', ''],
    [
      ['Name', tenant.name],
      ['Id', tenant.id],
      ['Since', when(tenant.createdAt)],
      ['Suspended', tenant.suspended ? 'yes' : 'no'],
      ['Plan', tenant.plan ?? 'none'],
      ['Held now', `${tenant.held.messages} messages (${size(tenant.held.bytes)})`],
      ...limitRows(whatApplies),
      ['Contacts', tenant.contacts.map(({ email }) => email).join(' ') || 'nobody'],
    ],
    '',
  );
}
