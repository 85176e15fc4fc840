import { openAsBlob, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Holdfast said no, or could not be asked; the message is the one sentence for stderr. Exit code 1. */
export class Refused extends Error {
  /** @param {number} [status] of the api's answer, where there was one */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** Long enough for a list of many recipients, short enough that a script notices. */
const patienceMs = 60_000;

/**
 * Asks the api and gives its answer.
 * @param {'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} method
 * @param {string} path below `/api/v1`
 * @param {{ query?: Record<string, unknown>, body?: object, file?: string }} [more] undefined values are left out; `file` is sent as CSV, while it is read
 * @returns {Promise<any>} the body; undefined when there is none
 */
export async function ask(method, path, { query = {}, body, file } = {}) {
  const base = process.env.HOLDFAST_URL || `http://127.0.0.1:${process.env.HOLDFAST_HTTP_PORT || 3000}`;
  if (!URL.canParse(base)) throw new Refused('HOLDFAST_URL must be a URL such as http://127.0.0.1:3000.');
  const url = new URL(`/api/v1${path}`, base);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, String(value));
  let answer;
  let text;
  try {
    answer = await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${key()}`,
        ...(body && { 'content-type': 'application/json' }),
        ...(file && { 'content-type': 'text/csv' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      ...(file && { body: await openAsBlob(file) }),
      signal: AbortSignal.timeout(patienceMs),
    });
    text = await answer.text();
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused(`Holdfast does not answer at ${base}: is it running?`);
  }
  if (answer.ok) return text ? JSON.parse(text) : undefined;
  throw new Refused(sentence(answer.status, text), answer.status);
}

/** A path made of names that may hold anything: path`/tenants/${name}`. */
export function path(strings, ...names) {
  return strings.reduce((whole, part, index) => whole + encodeURIComponent(names[index - 1]) + part);
}

function key() {
  if (process.env.HOLDFAST_API_KEY) return process.env.HOLDFAST_API_KEY;
  const file = join(process.env.HOLDFAST_DATA_DIR || './.holdfast', 'operator.key');
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new Refused(`There is no key in ${file}: start Holdfast first, or set HOLDFAST_API_KEY.`);
  }
}

/** One sentence out of problem details (RFC 9457), with every field that they name. */
function sentence(status, text) {
  try {
    const { detail, errors = [] } = JSON.parse(text);
    if (errors.length > 1) return `${errors.map(({ field, message }) => `${field} ${message}`).join('; ')}.`;
    if (detail) return /[.!?]$/.test(detail) ? detail : `${detail}.`;
  } catch {
    // Something else answers there: a proxy, or another program.
  }
  return `Holdfast answered ${status}.`;
}
