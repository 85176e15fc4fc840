/**
 * DNS block lists that decide by themselves (RFC 5782), beside those that rspamd only counts in its score: the provider names them,
 * rspamd asks them, and each tenant says what becomes of a client that is listed.
 *
 * The provider's file has one list on a line: its zone, and after it the answers that count. Without answers every one from
 * 127.0.0.0/16 counts, and so neither what a list says to somebody whom it does not serve (127.255.255.254) nor what a name server
 * that lies about missing names puts in its place.
 *
 *     # a remark
 *     bl.example.net
 *     zen.example.org  127.0.0.2  127.0.0.4-7
 */
import { asciiDomain } from '@holdfast/mail';
import type { Verdict } from './verdict';

export interface BlockList {
  /** ASCII, lower case */
  zone: string;
  /** `127.0.0.2`, or `127.0.0.4-7` for a range in the last number; none: every one from 127.0.0.0/16 */
  answers: string[];
}

/** Where the file is wrong, as one sentence that names the line. */
export class WrongBlockLists extends Error {}

/** Each is one more question for every message, and the sender waits for the slowest. */
const mostLists = 20;

/** Reads the provider's file. @throws WrongBlockLists */
export function readBlockLists(text: string): BlockList[] {
  const lists = new Map<string, BlockList>();
  text.split(/\r?\n/).forEach((line, index) => {
    const [name, ...answers] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (!name) return;
    const wrong = (what: string): never => {
      throw new WrongBlockLists(`line ${index + 1}: ${what}`);
    };
    const zone = asciiDomain(name);
    if (!zone || !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(zone))
      return wrong(`"${name}" is no zone such as bl.example.net`);
    if (lists.has(zone)) return wrong(`${zone} is there twice`);
    for (const answer of answers)
      if (!isAnswer(answer)) return wrong(`"${answer}" is no answer such as 127.0.0.2 or 127.0.0.4-7`);
    lists.set(zone, { zone, answers });
    if (lists.size > mostLists) wrong(`there are more than ${mostLists} lists`);
  });
  return [...lists.values()];
}

function isAnswer(text: string): boolean {
  const match = /^127\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:-(\d{1,3}))?$/.exec(text);
  if (!match) return false;
  const [, second, third, from, to = from] = match;
  return [second, third, from, to].every((part) => Number(part) <= 255) && Number(from) <= Number(to);
}

/** What rspamd's rbl module is to be told, as a part of its configuration. */
export function blockListsSection(lists: readonly BlockList[]): string {
  const rules = lists.map(({ zone, answers }) => {
    const codes = answers.length > 0 ? answers.flatMap(codesOf) : ['127%.0%.%d+%.%d+'];
    return [
      `    "${zone}" {`,
      `      rbl = "${zone}";`,
      // The rule's own name: what it adds when the list cannot be asked must not look like a listing.
      `      symbol = "HOLDFAST_ASKS_${zone.toUpperCase()}";`,
      '      checks = ["from"];',
      '      ignore_whitelist = true;',
      '      unknown = false;',
      `      returncodes { "${listedOn}${zone.toUpperCase()}" = [${codes.map((code) => `"${code}"`).join(', ')}]; }`,
      '    }',
    ].join('\n');
  });
  return ['rbl {', '  rbls {', ...rules, '  }', '}', ''].join('\n');
}

/** Answers as the rbl module compares them: patterns of Lua. */
function codesOf(answer: string): string[] {
  const [, start = '', from, to = from] = /^(.*\.)(\d+)(?:-(\d+))?$/.exec(answer) ?? [];
  return Array.from({ length: Number(to) - Number(from) + 1 }, (_, n) =>
    `${start}${Number(from) + n}`.replaceAll('.', '%.'),
  );
}

const listedOn = 'HOLDFAST_LISTED_ON_';

/** The zone of the first of these lists that has the client; undefined: it is on none. */
export function blockListOf(verdict: Verdict | undefined): string | undefined {
  const found = verdict?.symbols.find(({ name }) => name.startsWith(listedOn));
  return found?.name.slice(listedOn.length).toLowerCase();
}
