/**
 * A stranger's mail server that hands us a message on port 25, and keeps the whole conversation, because that is what
 * the page shows: our replies as they were said, not what a library made of them.
 */
import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export interface Letter {
  from: string;
  to: string;
  subject: string;
  text: string;
}

export interface Said {
  who: 'stranger' | 'holdfast';
  line: string;
}

export interface Handover {
  /** The recipient; empty when it did not come to that. */
  to: string;
  /** We answered 250 to the message itself. */
  isTaken: boolean;
  /** The reply that decided it, or why there was none. */
  reply: string;
  conversation: Said[];
}

/** Longer than a scan takes, shorter than a visitor's patience. */
const answerWithinMs = 30_000;

/** Sends the letters one after the other over one connection; each becomes one handover. */
export async function handOver(
  server: { host: string; port: number },
  helo: string,
  letters: Letter[],
): Promise<Handover[]> {
  const line = new Line(connect({ ...server, noDelay: true }));
  const handovers: Handover[] = [];
  try {
    await line.hears(/^2/);
    await line.says(`EHLO ${helo}`, /^2/);
    for (const letter of letters) {
      handovers.push(await one(line, letter));
      if (letter !== letters.at(-1) && !handovers.at(-1)?.isTaken) await line.says('RSET', /^2/);
    }
    await line.says('QUIT', /^/).catch(() => undefined); // whoever hangs up at QUIT has been polite enough
  } catch (error) {
    const reply =
      error instanceof Unexpected ? error.message : `No conversation: ${(error as Error).message}`;
    handovers.push({ to: '', isTaken: false, reply, conversation: line.takeConversation() });
  } finally {
    line.end();
  }
  const last = handovers.at(-1);
  last?.conversation.push(...line.takeConversation());
  return handovers;
}

async function one(line: Line, letter: Letter): Promise<Handover> {
  try {
    await line.says(`MAIL FROM:<${letter.from}>`, /^2/);
    await line.says(`RCPT TO:<${letter.to}>`, /^2/);
    await line.says('DATA', /^354/);
    const reply = await line.says(write(letter), /^2/, '.');
    return { to: letter.to, isTaken: true, reply, conversation: line.takeConversation() };
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error;
    return { to: letter.to, isTaken: false, reply: error.message, conversation: line.takeConversation() };
  }
}

/** A reply of another kind than the one needed to go on; the message is the reply. */
class Unexpected extends Error {}

/** The stranger's end of the connection. */
class Line {
  readonly #socket: Socket;
  #conversation: Said[] = [];
  #text = '';
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8').setTimeout(answerWithinMs, () => {
      socket.destroy(new Error(`no answer within ${answerWithinMs / 1000} s`));
    });
    socket.on('error', () => undefined); // whoever waits for an answer hears of it, see hears()
    socket.on('data', (chunk: string) => {
      this.#text += chunk;
      this.#wake();
    });
    socket.on('close', () => {
      this.#wake();
    });
  }

  /** @param shown what the conversation notes in place of the text, for a whole message */
  async says(text: string, expected: RegExp, shown = text): Promise<string> {
    this.#conversation.push({ who: 'stranger', line: shown });
    this.#socket.write(`${text}\r\n`);
    return this.hears(expected);
  }

  async hears(expected: RegExp): Promise<string> {
    for (;;) {
      const reply = /^(?:\d{3}-.*\r?\n)*\d{3}(?: .*)?\r?\n/.exec(this.#text)?.[0];
      if (reply !== undefined) {
        this.#text = this.#text.slice(reply.length);
        const lines = reply.trimEnd().split(/\r?\n/);
        for (const line of lines) this.#conversation.push({ who: 'holdfast', line });
        const last = lines.at(-1) ?? '';
        if (!expected.test(last)) throw new Unexpected(last);
        return last;
      }
      if (this.#socket.errored) throw this.#socket.errored;
      if (this.#socket.closed) throw new Error('the connection was closed');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  takeConversation(): Said[] {
    const said = this.#conversation;
    this.#conversation = [];
    return said;
  }

  end(): void {
    this.#socket.destroy();
  }
}

/** The message as it goes over the wire, with stuffed dots and the final one. */
function write(letter: Letter): string {
  const domain = letter.from.slice(letter.from.lastIndexOf('@') + 1) || 'example-sender.test';
  const subject = isAscii(letter.subject)
    ? letter.subject
    : `=?utf-8?B?${Buffer.from(letter.subject).toString('base64')}?=`;
  const lines = [
    `From: <${letter.from}>`,
    `To: <${letter.to}>`,
    `Subject: ${subject}`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${randomUUID()}@${domain}>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Transfer-Encoding: ${isAscii(letter.text) ? '7bit' : 'base64'}`,
    '',
    isAscii(letter.text)
      ? letter.text.trimEnd().replace(/\r?\n/g, '\r\n').replace(/^\./gm, '..')
      : Buffer.from(letter.text)
          .toString('base64')
          .replace(/.{76}(?!$)/g, '$&\r\n'),
    '.',
  ];
  return lines.join('\r\n');
}

const isAscii = (text: string): boolean => /^[\r\n\x20-\x7e]*$/.test(text);
