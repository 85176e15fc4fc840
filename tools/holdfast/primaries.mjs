import { readFileSync } from 'node:fs';
import { InvalidArgumentError, Option } from 'commander';
import { Refused } from './client.mjs';
import { hostAndPort, onOff } from './words.mjs';

const policies = ['none', 'opportunistic', 'required', 'dane', 'mta-sts', 'pinned'];
const waysToTell = ['none', 'xclient', 'xforward'];

/** What `domain add` and `domain set` can say about the way to a primary. */
export function primaryOptions(command) {
  return command
    .option(
      '--primary <host[:port]>',
      'where its mail belongs; several times for several, each with ",preference=20" (smaller first, equal share) or ",tls=required"',
      (text, before = []) => [...before, primary(text)],
    )
    .option('--by-mx [port]', 'where its own MX records say, cut at ourselves', portOfMx)
    .addOption(new Option('--tls <policy>', 'how firmly the way is encrypted').choices(policies))
    .option(
      '--pin <sha256>',
      'with "pinned": of the public key; several times for several',
      (text, before = []) => [...before, text],
    )
    .option('--login <user>', 'log in to the primary; "none" takes the login away')
    .option('--password-file <file>', 'its password; "-" reads it from the standard input')
    .addOption(
      new Option('--tell-client <how>', 'tell the primary who brought a message to us').choices(waysToTell),
    )
    .option('--arc <on|off>', 'seal what goes to the primary (ARC)', onOff);
}

/**
 * The primaries of a request.
 * @param {object} said what the options above gave
 * @param {any[] | undefined} known those that the domain has; undefined: it is new
 * @returns undefined when nothing was said about them
 */
export function primariesOf({ primary, byMx, tls, pin, login, passwordFile, tellClient }, known) {
  const common = {
    ...(tls && { tlsPolicy: tls }),
    ...(pin && { pins: pin }),
    ...(tls && tls !== 'pinned' && { pins: [] }),
    ...(tellClient && { tellsClient: tellClient }),
    ...loginOf(login, passwordFile),
  };
  const named = [...(primary ?? []), ...(byMx ? [{ byMx: true, ...(byMx !== true && { port: byMx }) }] : [])];
  // The name of a login comes back without its secret; left out, both stay.
  const before = known?.map((one) => ({ ...one, login: undefined })) ?? [];
  const asItWas = ({ host, port = 25 }) => before.find((one) => one.host === host && one.port === port);
  if (named.length > 0) return named.map((one) => ({ ...asItWas(one), ...common, ...one }));
  if (Object.keys(common).length === 0) return undefined;
  if (!known) throw new Refused('Say where its mail belongs: --primary HOST, or --by-mx.');
  return before.map((one) => ({ ...one, ...common }));
}

/** One line for each of them. */
export const primariesInWords = ({ primaries }) =>
  primaries
    .map(({ host, port, byMx, preference, tlsPolicy, tellsClient, login }) => {
      const place = `${byMx ? `MX of ${host}` : host}${port === 25 ? '' : `:${port}`}`;
      const more = [
        primaries.length > 1 && `preference ${preference}`,
        `TLS ${tlsPolicy}`,
        tellsClient !== 'none' && `told of the client by ${tellsClient.toUpperCase()}`,
        login && `login ${login}`,
      ].filter(Boolean);
      return `${place} (${more.join(', ')})`;
    })
    .join('\n');

/** Servers that MX records name listen on 25; behind a firewall of one's own it may be another. */
function portOfMx(text) {
  return hostAndPort(`mx:${text}`).port;
}

function primary(text) {
  const [place, ...words] = text.split(',');
  const found = hostAndPort(place);
  for (const word of words) {
    const [name, value = ''] = word.split('=');
    if (name === 'preference' && /^\d{1,5}$/.test(value)) found.preference = Number(value);
    else if (name === 'tls' && policies.includes(value)) found.tlsPolicy = value;
    else
      throw new InvalidArgumentError(`After the host may stand preference=N or tls=${policies.join('|')}.`);
  }
  return found;
}

function loginOf(user, file) {
  if (user === 'none') return { login: null };
  if (user === undefined && file === undefined) return {};
  if (user === undefined || file === undefined)
    throw new Refused(
      'A login needs --login USER and --password-file FILE; a password on the command line would be seen by others.',
    );
  try {
    return { login: { user, secret: readFileSync(file === '-' ? 0 : file, 'utf8').replace(/\r?\n$/, '') } };
  } catch (error) {
    throw new Refused(`The password file ${file} cannot be read (${error.code}).`);
  }
}
