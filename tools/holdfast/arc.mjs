import { ask, Refused } from './client.mjs';
import { print } from './print.mjs';

/** The key with which mail is sealed on its way to a primary (ARC). */
export function arc(program) {
  program
    .command('arc')
    .description('the seal on what goes to primaries')
    .command('key')
    .description('the DNS records that let primaries check the seal; mail is sealed once they are published')
    .option('--json', 'for scripts')
    .action(async (options) => {
      const { nodes } = await ask('GET', '/status');
      const records = nodes.flatMap(({ facts }) => (facts.arc ? [facts.arc] : []));
      const items = [...new Map(records.map((record) => [record.name, record])).values()];
      if (items.length === 0) throw new Refused('No relay has a key yet: is one running?');
      await print({ items }, options, () => items.map(inZoneFile).join('\n\n'));
    });
}

function inZoneFile({ name, value, isPublished }) {
  // A string of a TXT record holds 255 octets.
  const strings = value.match(/.{1,255}/g).map((text) => `"${text}"`);
  const state = isPublished
    ? '; published: mail is sealed'
    : '; not found in DNS yet: mail goes out unsealed';
  return `${state}\n${name}. IN TXT ( ${strings.join('\n  ')} )`;
}
