import { Conversation } from './conversation';

/**
 * Plays a conversation written as text. A line that begins with `C:` is sent (CR LF is added), one with `S:` is the next reply
 * that the server must give, by its last line; `S: 250-PIPELINING` stands for one line before it, and then every line must be there.
 * In an `S:` line `...` stands for anything; `S: closed` is the end of the connection. Several `C:` lines in a row are sent
 * together, as a client that pipelines does.
 */
export async function play(port: number, transcript: string): Promise<void> {
  const conversation = await Conversation.open(port);
  const heard: string[] = [];
  let waiting = '';
  let before: string[] = [];
  const flush = (): void => {
    if (waiting) conversation.send(waiting);
    waiting = '';
  };
  try {
    for (const line of transcript.split('\n').map((text) => text.trimStart())) {
      if (line.startsWith('C:')) {
        waiting += `${line.slice(3)}\r\n`;
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
        if (
          compared.length !== expected.length ||
          !expected.every((text, n) => matches(text, compared[n] ?? ''))
        )
          throw new Error(`Expected   S: ${expected.join('\n           S: ')}\n\n${heard.join('\n')}`);
      } else if (line !== '') throw new Error(`A line of a transcript begins with C: or S:, not ${line}`);
    }
  } finally {
    conversation.close();
  }
}

function matches(expected: string, reply: string): boolean {
  const parts = expected.split('...').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(reply);
}
