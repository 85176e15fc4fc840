import { Conversation } from './conversation';

export interface Stage {
  /** where the client comes from: any address of 127.0.0.0/8, or ::1 */
  from?: string;
}

/**
 * Plays a conversation written as text, one line after the other:
 *
 *   C: MAIL FROM:<>     is sent, with CR LF. Several in a row are sent together, as a client that pipelines does
 *   B: 0d0a00           is sent as it is, octets in hex
 *   S: 250 2.1.0 ...    the next reply that the server must give, by its last line; `...` stands for anything
 *   S: 250-PIPELINING   one line before the last; where one of them stands, all must
 *   S: closed           the end of the connection
 *   TLS mx.test         the handshake, with the name that is asked for (SNI), or none
 */
export async function play(port: number, transcript: string, { from }: Stage = {}): Promise<void> {
  const conversation = await Conversation.open(port, from);
  const heard: string[] = [];
  let waiting: Buffer[] = [];
  let before: string[] = [];
  const flush = (): void => {
    if (waiting.length > 0) conversation.send(Buffer.concat(waiting));
    waiting = [];
  };
  try {
    for (const line of transcript.split('\n').map((text) => text.trimStart())) {
      if (line.startsWith('C:')) {
        waiting.push(Buffer.from(`${line.slice(3)}\r\n`));
        heard.push(line);
      } else if (line.startsWith('B:')) {
        waiting.push(Buffer.from(line.slice(3).replaceAll(' ', ''), 'hex'));
        heard.push(line);
      } else if (/^S: \d{3}-/.test(line)) {
        before.push(line.slice(3));
      } else if (line.startsWith('S:')) {
        flush();
        const reply = (await conversation.reply()).split('\r\n');
        heard.push(...reply.map((text) => `S: ${text}`));
        const expected = [...before, line.slice(3)];
        before = [];
        const compared = expected.length > 1 ? reply : reply.slice(-1);
        const isThis = expected.every((text, n) => matches(text, compared[n] ?? ''));
        if (compared.length !== expected.length || !isThis)
          throw new Error(`Expected   S: ${expected.join('\n           S: ')}\n\n${heard.join('\n')}`);
      } else if (/^TLS\b/.test(line)) {
        await conversation.secure(line.slice(4));
        heard.push(line);
      } else if (line !== '')
        throw new Error(`A line of a transcript begins with C:, B:, S: or TLS, not ${line}`);
    }
    flush();
  } finally {
    conversation.close();
  }
}

function matches(expected: string, reply: string): boolean {
  const parts = expected.split('...').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(reply);
}
