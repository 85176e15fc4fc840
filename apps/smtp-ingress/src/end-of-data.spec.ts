import { CommandsAndData } from './end-of-data';

interface Heard {
  /** octets of the message, as Latin-1 */
  message: string;
  /** what ran as commands after it */
  commands: string[];
}

/** Feeds the parts one after the other, as segments of TCP arrive, to a parser that is in the data. */
async function feed(parts: Buffer[]): Promise<Heard> {
  const parser = new CommandsAndData();
  const heard: Heard = { message: '', commands: [] };
  parser.oncommand = (command, next) => {
    heard.commands.push(command.toString('latin1'));
    next?.();
  };
  const stream = parser.startDataMode();
  stream.on('data', (chunk: Buffer) => (heard.message += chunk.toString('latin1')));
  stream.on('end', () => parser.continue());
  for (const part of parts)
    await new Promise<void>((resolve, reject) =>
      parser.write(part, (error) => (error ? reject(error) : resolve())),
    );
  return heard;
}

/** What a sender does with a message before it is sent (RFC 5321 section 4.5.2). */
const stuffed = (message: string): string => message.replace(/(^|\r\n)\./g, '$1..') + '.\r\n';

const octets = (text: string): Buffer => Buffer.from(text, 'latin1');
const after = 'RSET\r\nNOOP\r\n';

const corpus: [string, string][] = [
  ['nothing', ''],
  ['an empty line', '\r\n'],
  ['only CR LF', '\r\n\r\n\r\n'],
  ['a dot', '.\r\n'],
  ['dots', '..\r\n...\r\n....\r\n'],
  ['dots everywhere', '.a.\r\n..\r\n.\r\n\r\n.\r\n. \r\n .\r\na.\r\n'],
  ['a dot before the last line', 'a\r\n.\r\nb\r\n'],
  ['8-bit', '\xe9\xff\x80\r\n.\xe9\r\n'],
  ['what looks like an end', 'a\r\n.\nb\r\n.\rc\n.\r\nd\r.\r\ne\r\n'],
  ['CR and LF in every order', '\r\r\n\n\r\n.\r\r\n\n.\n\r\n\r'.concat('\r\n')],
  ['a long line', `${'x'.repeat(3000)}.\r\n`],
];

describe('a message, however it is cut', () => {
  it.each(corpus)('in two: %s', async (_what, message) => {
    const whole = octets(stuffed(message) + after);
    for (let cut = 0; cut <= whole.length; cut++)
      expect(await feed([whole.subarray(0, cut), whole.subarray(cut)])).toEqual({
        message,
        commands: ['RSET', 'NOOP'],
      });
  });

  it.each(corpus)('octet by octet: %s', async (_what, message) => {
    const parts = [...octets(stuffed(message) + after)].map((octet) => Buffer.from([octet]));
    expect(await feed(parts)).toEqual({ message, commands: ['RSET', 'NOOP'] });
  });

  it('in random places', async () => {
    // Of few letters, so that every order of them turns up; the seed is fixed, so that a failure can be seen again.
    let seed = 20261124;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    for (let round = 0; round < 3000; round++) {
      const message = `${Array.from({ length: random(24) }, () => '.\r\na'[random(4)]).join('')}\r\n`;
      const whole = octets(stuffed(message) + after);
      const parts: Buffer[] = [];
      for (let at = 0; at < whole.length;) {
        const bytes = 1 + random(6);
        parts.push(whole.subarray(at, at + bytes));
        at += bytes;
      }
      expect(await feed(parts)).toEqual({ message, commands: ['RSET', 'NOOP'] });
    }
  });

  it('loses the first dot of a line also when the sender should have sent two (RFC 5321 section 4.5.2)', async () => {
    expect((await feed([octets('.a\r\n.\r\n')])).message).toBe('a\r\n');
  });
});
