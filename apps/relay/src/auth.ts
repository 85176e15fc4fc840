/** SMTP AUTH (RFC 4954) with PLAIN (RFC 4616) or LOGIN. Called only over TLS with a server that has proven who it is. */
import type { Extensions } from './extensions';
import type { SmtpWire } from './smtp-wire';
import { NotAsDemanded } from './words-for-failures';

export interface Login {
  user: string;
  secret: string;
}

/** @throws NotAsDemanded with the server's words, never with ours: a password belongs in no log */
export async function logIn(
  wire: SmtpWire,
  extensions: Extensions,
  { user, secret }: Login,
  timeoutMs: number,
): Promise<void> {
  const offered = extensions.of('AUTH');
  let reply: string;
  if (offered.includes('PLAIN')) {
    reply = await wire.command(`AUTH PLAIN ${base64(`\0${user}\0${secret}`)}`, timeoutMs);
  } else if (offered.includes('LOGIN')) {
    reply = await wire.command('AUTH LOGIN', timeoutMs);
    if (reply.startsWith('3')) reply = await wire.command(base64(user), timeoutMs);
    if (reply.startsWith('3')) reply = await wire.command(base64(secret), timeoutMs);
  } else throw new NotAsDemanded('the server offers no way to log in that we know (AUTH PLAIN or LOGIN)');
  if (!reply.startsWith('2')) throw new NotAsDemanded(`the server refuses our login: ${reply}`);
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
