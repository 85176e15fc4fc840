import { ask, path } from './client.mjs';
import { page, print, size, table, when } from './print.mjs';
import { hostAndPort, recipients, wholeNumber } from './words.mjs';

export function domains(program) {
  const domain = program.command('domain').description('what is backed up');

  domain
    .command('add <domain>')
    .description('back up a domain; port 25 knows it within a second')
    .requiredOption('--tenant <name>')
    .requiredOption('--primary <host[:port]>', 'where its mail belongs', hostAndPort)
    .option('--verified', 'you vouch that it is theirs: no TXT record needed')
    .option('--recipients <any|call-ahead|file.csv>', 'whom it takes mail for', recipients)
    .option('--json', 'for scripts')
    .action(async (name, { tenant, primary, verified, recipients: policy, ...options }) => {
      const body = { domain: name, tenant, primary, ...(verified && { verified }), ...policy };
      const { id, domain, state } = await ask('POST', '/domains', { body });
      await print({ id, domain, state }, options, () => `${domain} is ${state}.`);
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
    .command('remove <domain>')
    .description('stop backing up a domain; refused while mail is held for it')
    .option('--discard-held', 'discard what is held')
    .option('--json', 'for scripts')
    .action(async (name, { discardHeld, ...options }) => {
      await ask('DELETE', path`/domains/${name}`, { query: { held: discardHeld ? 'discard' : undefined } });
      await print({ domain: name, removed: true }, options, () => `${name} is backed up no more.`);
    });
}

const primaries = (domain) =>
  domain.primaries.map(({ host, port }) => (port === 25 ? host : `${host}:${port}`)).join(' ');

function describe(domain) {
  const { counts, outage } = domain;
  return table(
    ['', ''],
    [
      ['Domain', domain.domain],
      ['Id', domain.id],
      ['Tenant', domain.tenant],
      ['State', domain.state],
      ['Recipients', domain.recipientPolicy],
      ['Primary', primaries(domain)],
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
