/** Plays one script against port 25, and holds it to what it promises. */
import { dotStuffed, hasStrayOctets } from '@holdfast/fake-attacker';
import { setTimeout as pause } from 'node:timers/promises';
import { Line } from './line';
import type { Disorderly, Orderly, Script } from './scripts';
import { mostMessageBytes, type Target } from './target';

/** Far above what a scan may take, and what a stranger who says nothing is waited for. */
const answerWithinMs = 30_000;
const closeWithinMs = 30_000;
const shortlyMs = 250;

/** What the tally knows of one conversation. */
export interface Played {
  /** ids of the messages that were taken, each of them seen in the spool */
  taken: string[];
}

/** @throws Error with what is wrong */
export async function play(target: Target, script: Script, localAddress: string): Promise<Played> {
  const line = await Line.open(target.port, localAddress);
  try {
    if (script.kind === 'orderly') await playOrderly(target, script, line);
    else await playDisorderly(script, line);
    if (!(await line.closed(closeWithinMs))) throw new Error('hangs: the connection is not ended');
  } finally {
    line.destroy();
  }
  target.check();
  if (line.complaint) throw new Error(line.complaint);
  for (const id of line.taken)
    if (!(await target.spool.envelope(id))) throw new Error(`250, and ${id} is not in the spool`);
  if (target.failures.length > 0) throw new Error(`logged: ${target.failures.splice(0).join('\n')}`);
  return { taken: line.taken };
}

async function playOrderly(target: Target, { letters, isEncrypted }: Orderly, line: Line): Promise<void> {
  const ask = async (words: string, expected: RegExp): Promise<void> => {
    line.say(`${words}\r\n`);
    const reply = await line.reply(answerWithinMs);
    if (!expected.test(reply)) throw new Error(`${JSON.stringify(reply)} to ${words}`);
  };
  if (!(await line.reply(answerWithinMs)).startsWith('220')) throw new Error('no greeting');
  await ask('EHLO client.test', /^250/);
  if (isEncrypted) {
    await ask('STARTTLS', /^220/);
    await line.startTls();
    await ask('EHLO client.test', /^250/);
  }
  for (const { recipients, parameters, text, cuts } of letters) {
    const whole = text.endsWith('\r\n') ? text : `${text}\r\n`;
    await ask(`MAIL FROM:<ada@sender.test>${parameters}`, /^250 2\.1\.0/);
    for (const recipient of recipients) await ask(`RCPT TO:<${recipient}>`, /^250 2\.1\.5/);
    await ask('DATA', /^354/);
    line.say(dotStuffed(whole), cuts);
    const reply = await line.reply(answerWithinMs);
    const most = recipients.includes('x@small.test') ? 10_000 : mostMessageBytes;
    const isStray = hasStrayOctets(whole);
    if (isStray !== reply.startsWith('554 5.6.0') && whole.length <= most)
      throw new Error(`${JSON.stringify(reply)} to a message that has ${isStray ? '' : 'no '}stray octets`);
    if (whole.length > most !== reply.startsWith('552 5.3.4'))
      throw new Error(`${JSON.stringify(reply)} to a message of ${whole.length} octets`);
    if (isStray) return;
    for (const id of idsIn(reply)) await compare(target, id, whole);
  }
  await ask('QUIT', /^221/);
}

const idsIn = (reply: string): string[] => /^250 .* queued as (.*)$/.exec(reply)?.[1]?.split(', ') ?? [];

async function compare(target: Target, id: string, text: string): Promise<void> {
  // What claims to be our own finding is renamed, see forged-results.ts of port 25.
  if (/authentication-results/i.test(text)) return;
  const body = (await target.spool.body(id))?.toString('latin1');
  if (!body?.endsWith(text)) throw new Error(`${id} is stored otherwise than it was sent`);
}

async function playDisorderly({ steps, leaves }: Disorderly, line: Line): Promise<void> {
  for (const step of steps) {
    if (line.isClosed) break;
    if ('say' in step) line.say(step.say, step.cuts);
    else if ('listen' in step) await line.reply(shortlyMs);
    else if ('waitMs' in step) await pause(step.waitMs);
    else {
      line.say('STARTTLS\r\n');
      await line.reply(shortlyMs);
      // Where it was not the time for it the handshake fails, and that has to be borne too.
      await line.startTls(1_000).catch(() => line.destroy());
    }
  }
  if (leaves === 'is cut off') return line.destroy();
  if (leaves === 'says goodbye') line.say('\r\n.\r\nQUIT\r\n');
  // A good moment for what was asked last; then nothing more is said.
  await line.reply(shortlyMs);
  line.end();
}
