import { Option } from 'commander';
import { ask, path } from './client.mjs';
import { page, print, table, when } from './print.mjs';
import { limit, limitsOf, wholeNumber } from './words.mjs';

export function tenants(program) {
  const tenant = program.command('tenant').description('customers');

  tenant
    .command('add <name>')
    .description('make a tenant')
    .option('--contact <email>', 'hears about held mail; you vouch for the address')
    .option('--json', 'for scripts')
    .action(async (name, { contact, ...options }) => {
      const { id } = await ask('POST', '/tenants', { body: { name, contact } });
      await print({ id, name }, options, () => `${name} is a tenant now.`);
    });

  tenant
    .command('set <name>')
    .description('limits and suspension')
    .option('--max-held-messages <n>', 'a number, or "default"', limit)
    .option('--max-held-bytes <n>', 'a number, or "default"', limit)
    .option('--max-message-bytes <n>', 'a number, or "default"', limit)
    .option('--max-recipients-per-message <n>', 'a number, or "default"', limit)
    .option('--max-messages-per-hour <n>', 'for each domain; a number, or "default"', limit)
    .addOption(
      new Option('--suspended <on|off>', 'new mail is 450; what is held is still delivered').choices([
        'on',
        'off',
      ]),
    )
    .option('--json', 'for scripts')
    .action(async (name, { json, suspended, ...limits }) => {
      const body = { ...limitsOf(limits), ...(suspended && { suspended: suspended === 'on' }) };
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
          ['NAME', 'SUSPENDED', 'MAX HELD', 'MAX BYTES', 'CONTACTS'],
          (t) => [
            t.name,
            t.suspended ? 'yes' : 'no',
            t.maxHeldMessages,
            t.maxHeldBytes,
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
  const ours = 'the default';
  return table(
    ['', ''],
    [
      ['Name', tenant.name],
      ['Id', tenant.id],
      ['Since', when(tenant.createdAt)],
      ['Suspended', tenant.suspended ? 'yes' : 'no'],
      ['Held messages at most', tenant.maxHeldMessages ?? ours],
      ['Held bytes at most', tenant.maxHeldBytes ?? ours],
      ['Bytes of a message at most', tenant.maxMessageBytes ?? ours],
      ['Recipients of a message at most', tenant.maxRecipientsPerMessage ?? ours],
      ['Messages an hour for a domain at most', tenant.maxMessagesPerHour ?? ours],
      ['Contacts', tenant.contacts.map(({ email }) => email).join(' ') || 'nobody'],
    ],
    '',
  );
}
