import { ask, path, Refused } from './client.mjs';
import { print } from './print.mjs';

/** What a person should know about a domain's failover. */
export function checks(program) {
  program
    .command('mx')
    .description("a domain's MX records, and all that failover depends on")
    .command('check <domain>')
    .description(
      'will mail come to us when its server is away, and go there afterwards? takes up to ten seconds',
    )
    .option('--all', 'also what is in order')
    .option('--json', 'for scripts')
    .action(async (domain, { all, json }) => {
      await print(await check(domain), { json }, (report) => inWords(report, all));
    });
}

/** A domain that is set up here is checked with what we know of its primary; any other as everybody sees it. */
async function check(domain) {
  try {
    return await ask('POST', path`/domains/${domain}/checks`);
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 404) throw error;
    return ask('GET', '/mx-check', { query: { domain } });
  }
}

const groups = {
  records: 'MX records',
  us: 'Us',
  primary: 'Your server',
  separation: 'How far apart the two are',
  policies: 'Encryption and signatures',
  'name servers': 'Name servers',
};
const words = { blocking: 'BLOCKING', warning: 'Warning', unknown: 'Not checked', note: 'Note', ok: 'ok' };
const worstFirst = Object.keys(words);
const widest = 'Not checked'.length;
const columns = () => Math.min(Math.max(process.stdout.columns || 100, 60), 110);

function inWords({ domain, summary, findings }, all) {
  const shown = findings.filter(({ severity }) => all || severity !== 'ok');
  const inOrder = findings.length - findings.filter(({ severity }) => severity !== 'ok').length;
  const worstOf = (group) =>
    Math.min(
      ...shown.filter((one) => one.group === group).map(({ severity }) => worstFirst.indexOf(severity)),
    );
  const named = Object.keys(groups)
    .filter((group) => shown.some((one) => one.group === group))
    .sort((one, other) => worstOf(one) - worstOf(other));
  const parts = named.map((group) =>
    [groups[group], ...shown.filter((one) => one.group === group).map(finding)].join('\n'),
  );
  const rest =
    !all && inOrder > 0
      ? `\n${inOrder === 1 ? 'One more check is' : `${inOrder} more checks are`} in order (--all shows them).`
      : '';
  return [`${domain}: ${summary}`, ...parts].join('\n\n') + (rest && `\n${rest}`);
}

/** The finding; why it matters where something is to be done; what to do; the records as they are to be copied, unbroken. */
function finding({ severity, found, why, advice, publish }) {
  const isAlarm = severity === 'blocking' || severity === 'warning';
  const margin = ' '.repeat(widest + 4);
  const text = [`${found.replace(/[.]$/, '')}.`, isAlarm ? why : '', advice].filter(Boolean);
  const lines = text.flatMap((paragraph) => wrapped(paragraph, columns() - margin.length));
  const [first = '', ...others] = lines;
  return [
    `  ${words[severity].padEnd(widest)}  ${first}`,
    ...others.map((line) => `${margin}${line}`),
    ...publish.map((record) => `${margin}    ${record}`),
  ].join('\n');
}

function wrapped(text, width) {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
