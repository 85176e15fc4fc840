import { statSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { Refused } from './client.mjs';

/** What people write as arguments, read into what the api takes. A wrong word is wrong usage: exit code 2. */

export function wholeNumber(text) {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number))
    throw new InvalidArgumentError('It must be a whole number.');
  return number;
}

/** A limit: a number, or `default` for the provider's. The command's library makes '' of null, so it stays a word until it is sent. */
export const limit = (text) => (text === 'default' ? text : wholeNumber(text));

/** A score, or `default` for the provider's. */
export function score(text) {
  if (text === 'default') return text;
  if (!/^\d+(\.\d{1,2})?$/.test(text))
    throw new InvalidArgumentError('It must be a number such as 6 or 12.5.');
  return Number(text);
}

/** Limits as the api takes them. */
export const limitsOf = (written) =>
  Object.fromEntries(
    Object.entries(written).map(([name, value]) => [name, value === 'default' ? null : value]),
  );

/** HOST[:PORT]; an IPv6 address with a port stands in brackets. */
export function hostAndPort(text) {
  const match = /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(text);
  if (!match) {
    if (/^[0-9a-f:.]+$/i.test(text) && text.split(':').length > 2) return { host: text };
    throw new InvalidArgumentError('It must be HOST or HOST:PORT.');
  }
  const [, host, port] = match;
  if (port === undefined) return { host };
  if (Number(port) < 1 || Number(port) > 65_535)
    throw new InvalidArgumentError('The port must be from 1 to 65535.');
  return { host, port: Number(port) };
}

/** `any`, `call-ahead`, `list` as it is, or a file whose first column lists addresses (a list, read when it is sent). */
export function recipients(text) {
  if (['any', 'call-ahead', 'list'].includes(text)) return { recipients: text };
  try {
    if (statSync(text).isFile()) return { recipients: 'list', file: text };
  } catch (error) {
    throw new Refused(`The list of recipients ${text} cannot be read (${error.code}).`);
  }
  throw new Refused(`The list of recipients ${text} is no file.`);
}

/** What `--plus-addressing` and its kind take. */
export const onOff = (text) => {
  if (text !== 'on' && text !== 'off') throw new InvalidArgumentError('It must be on or off.');
  return text;
};

/** A moment in ISO 8601, or so long ago: `90m`, `6h`, `2d`. */
export function moment(text) {
  const ago = /^(\d{1,4})([mhd])$/.exec(text);
  const units = { m: 60_000, h: 3_600_000, d: 86_400_000 };
  const at = ago ? Date.now() - Number(ago[1]) * units[ago[2]] : Date.parse(text);
  if (Number.isNaN(at))
    throw new InvalidArgumentError('It must be a time such as 2026-11-25T10:00Z, or 6h for six hours ago.');
  return new Date(at).toISOString();
}
