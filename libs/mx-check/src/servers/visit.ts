/**
 * What a mail server says when we come by: who it is, how it encrypts, what it would take from us. Each question is MAIL, RCPT and
 * RSET, so that nothing is ever sent.
 */
import { attempt, unknown, type Known } from '../known';
import type { Rules } from '../settings';
import { SmtpTalk, TlsFailed, type Certificate, type SmtpReply } from './smtp-talk';

/** One sender, and recipients by what we call them. */
export interface Inquiry<Name extends string = string> {
  from: string;
  to: Record<Name, string>;
}

export interface Visit {
  address: string;
  port: number;
  greeting: SmtpReply;
  /** the name that it gives itself in its greeting */
  name: string;
  /** EHLO keywords with their parameters, upper case; empty where it knows HELO only */
  extensions: string[];
  /** bytes; undefined: none announced */
  maxBytes: number | undefined;
  /** `undefined`: not offered */
  tls: Known<Certificate | { fails: string }> | undefined;
  /** by what the recipient is called; the reply to MAIL where that was refused already */
  replies: Record<string, Known<SmtpReply & { to: 'MAIL' | 'RCPT' }>>;
}

export interface Place {
  host: string;
  addresses: string[];
  port: number;
}

const mostAddressesTried = 3;

/** Goes to the first address that answers. @throws CouldNotCheck, with the reason of the first, when none does */
export async function visit(
  { host, addresses, port }: Place,
  inquiries: Inquiry[],
  rules: Rules,
  signal: AbortSignal,
): Promise<Visit> {
  let failure: unknown;
  for (const address of addresses.slice(0, mostAddressesTried)) {
    try {
      const { talk, greeting } = await SmtpTalk.open(address, port, rules.dial, signal);
      return await meet(talk, greeting, { host, address, port }, inquiries, rules).finally(() =>
        talk.close(),
      );
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

async function meet(
  talk: SmtpTalk,
  greeting: SmtpReply,
  { host, address, port }: { host: string; address: string; port: number },
  inquiries: Inquiry[],
  rules: Rules,
): Promise<Visit> {
  const found: Visit = {
    address,
    port,
    greeting,
    name: /^\S+/.exec(greeting.lines[0] ?? '')?.[0] ?? '',
    extensions: [],
    maxBytes: undefined,
    tls: undefined,
    replies: {},
  };
  if (greeting.code !== 220) return found;
  const first = await hello(talk, rules);
  found.extensions = first;
  if (first.includes('STARTTLS')) {
    found.tls = await attempt(startTls(talk, host, rules));
    if (certificateOf(found)) found.extensions = await hello(talk, rules);
  }
  found.maxBytes = sizeOf(found.extensions);
  for (const inquiry of inquiries) Object.assign(found.replies, await inquire(talk, inquiry));
  return found;
}

async function hello(talk: SmtpTalk, rules: Rules): Promise<string[]> {
  const reply = await talk.say(`EHLO ${rules.hello}`);
  if (reply.code !== 250) {
    await talk.say(`HELO ${rules.hello}`);
    return [];
  }
  return reply.lines.slice(1).map((line) => line.trim().toUpperCase());
}

async function startTls(
  talk: SmtpTalk,
  host: string,
  rules: Rules,
): Promise<Certificate | { fails: string }> {
  const reply = await talk.say('STARTTLS');
  if (reply.code !== 220) return { fails: `it answers ${reply.text}` };
  return talk.encrypt(host, rules.ca).catch((error: unknown) => {
    if (error instanceof TlsFailed) return { fails: error.message };
    throw error;
  });
}

/** What it showed, where it came to that. */
export function certificateOf({ tls }: Visit): Certificate | undefined {
  return tls?.isKnown && !('fails' in tls.value) ? tls.value : undefined;
}

/** Goes on past refusals, which are what we ask for; ends where the server leaves. */
async function inquire(talk: SmtpTalk, { from, to }: Inquiry): Promise<Visit['replies']> {
  const replies: Visit['replies'] = {};
  const names = Object.keys(to);
  const mail = await attempt(talk.say(`MAIL FROM:<${from}>`));
  for (const name of names) {
    if (!mail.isKnown) replies[name] = mail;
    else if (mail.value.code !== 250) replies[name] = { isKnown: true, value: { ...mail.value, to: 'MAIL' } };
    else {
      const rcpt = await attempt(talk.say(`RCPT TO:<${to[name]}>`));
      replies[name] = rcpt.isKnown
        ? { isKnown: true, value: { ...rcpt.value, to: 'RCPT' } }
        : unknown(rcpt.because);
    }
  }
  await attempt(talk.say('RSET'));
  return replies;
}

function sizeOf(extensions: string[]): number | undefined {
  const size = extensions.find((line) => line.startsWith('SIZE '));
  return Number(size?.slice(5)) || undefined; // 0 says that there is no fixed limit (RFC 1870 section 4)
}
