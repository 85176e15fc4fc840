/**
 * Tells a primary who the client was that brought us the message, with Postfix's own extensions (its XCLIENT_README and
 * XFORWARD_README): XCLIENT makes the primary judge the client as if it had come by itself, XFORWARD is for its log alone. Both only
 * where the primary offers them, which it does to whom it trusts.
 */
import type { Extensions } from './extensions';
import { xtext } from './envelope-commands';
import type { SmtpWire } from './smtp-wire';

export interface ClientFacts {
  address: string;
  /** from PTR; null: it has none, or nobody looked */
  name: string | null;
  helo: string | null;
  /** our id of the message, for XFORWARD */
  id: string;
}

const unknown = '[UNAVAILABLE]';
/** RFC 5321 section 4.5.3.1.4 allows 512 octets for a command. */
const longestLine = 500;

/**
 * @returns `start-over` when the server now waits for EHLO; `told`; `not-told` when it offers no such thing, or does not let us
 * @throws WireLost
 */
export async function tellClient(
  wire: SmtpWire,
  extensions: Extensions,
  how: 'xclient' | 'xforward',
  client: ClientFacts,
  timeoutMs: number,
): Promise<'start-over' | 'told' | 'not-told'> {
  const verb = how.toUpperCase();
  const offered = extensions.of(verb);
  if (offered.length === 0) return 'not-told';
  const facts: Record<string, string> = {
    NAME: client.name ?? unknown,
    ADDR: client.address.includes(':') ? `IPV6:${client.address}` : client.address,
    PROTO: 'ESMTP',
    HELO: client.helo ?? unknown,
    ...(how === 'xforward' ? { IDENT: client.id, SOURCE: 'REMOTE' } : {}),
  };
  const words = Object.entries(facts)
    .filter(([name]) => offered.includes(name))
    .map(([name, value]) => `${name}=${value === unknown ? value : xtext(value)}`);
  for (const line of inLines(verb, words)) {
    const reply = await wire.command(line, timeoutMs);
    if (!reply.startsWith('2')) return 'not-told';
  }
  return how === 'xclient' ? 'start-over' : 'told';
}

function inLines(verb: string, words: string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= longestLine) lines.push(`${verb} ${word}`);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
