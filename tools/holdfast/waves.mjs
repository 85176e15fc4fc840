import { ask, path } from './client.mjs';
import { page, print, table, when } from './print.mjs';
import { hostAndPort, wholeNumber } from './words.mjs';

const words = {
  retry: 'offer its mail again, gently',
  'give-up': 'let what is refused be refused, for a day',
};

/** Primaries that answer and refuse everybody, and where mail goes meanwhile. */
export function waves(program) {
  const wave = program.command('wave').description('primaries that answer, but refuse (nearly) everybody');

  wave
    .command('list')
    .description('newest first')
    .option('--domain <domain>')
    .option('--open', 'only those that wait for a decision')
    .option('--limit <n>', 'how many at most', wholeNumber)
    .option('--after <cursor>', 'where the page before ended')
    .option('--json', 'for scripts')
    .action(async ({ json, ...query }) => {
      await print(await ask('GET', '/waves', { query }), { json }, (answer) =>
        page(
          answer,
          ['DOMAIN', 'BEGAN', 'REFUSED', 'KNOWN', 'HELD', 'DECISION', 'THE PRIMARY SAID'],
          (w) => [
            w.domain,
            when(w.beganAt),
            w.refused,
            w.knownRefused,
            w.held,
            w.decision ?? 'waits for yours',
            w.reply,
          ],
          'No primary refuses everybody.',
        ),
      );
    });

  for (const [decision, description] of Object.entries(words)) {
    wave
      .command(`${decision} <domain>`)
      .description(description)
      .option('--json', 'for scripts')
      .action((domain, options) => decide({ domain, decision }, options));
  }
  wave
    .command('redirect <domain> <host[:port]>')
    .description('deliver its mail there')
    .option('--json', 'for scripts')
    .action((domain, place, options) =>
      decide({ domain, decision: 'redirect', to: hostAndPort(place) }, options),
    );

  const redirect = program.command('redirect').description('where mail goes in place of its primaries');
  redirect
    .command('list')
    .description('all of them')
    .option('--json', 'for scripts')
    .action(async (options) => {
      await print(await ask('GET', '/redirects'), options, ({ items }) =>
        table(
          ['DOMAIN', 'GOES TO', 'UNTIL', 'SINCE'],
          items.map((r) => [r.domain, `${r.host}:${r.port}`, until(r), when(r.madeAt)]),
          'All mail goes to its primaries.',
        ),
      );
    });
  redirect
    .command('set <domain> <host[:port]>')
    .description('until it is taken back, or the outage ends that is open now')
    .option('--keep', 'until it is taken back, whatever the primary does')
    .option('--json', 'for scripts')
    .action(async (domain, place, { keep, ...options }) => {
      const body = { ...hostAndPort(place), ...(keep && { until: 'taken-back' }) };
      await print(
        await ask('PUT', path`/domains/${domain}/redirect`, { body }),
        options,
        (r) => `Mail for ${r.domain} goes to ${r.host}:${r.port} until ${until(r)}.`,
      );
    });
  redirect
    .command('remove <domain>')
    .description('deliver to its primaries again')
    .option('--json', 'for scripts')
    .action(async (domain, options) => {
      await ask('DELETE', path`/domains/${domain}/redirect`);
      await print(
        { domain, removed: true },
        options,
        () => `Mail for ${domain} goes to its primaries again.`,
      );
    });
}

const until = ({ until: end }) => (end === 'outage-ends' ? 'the outage ends' : 'it is taken back');

async function decide(body, options) {
  const said = {
    retry: 'is offered again, beginning with one message',
    'give-up': 'ends where its primary refuses it',
    redirect: 'goes elsewhere now',
  };
  await print(
    await ask('POST', '/waves/decisions', { body }),
    options,
    (wave) => `Mail for ${wave.domain} ${said[wave.decision]}.`,
  );
}
