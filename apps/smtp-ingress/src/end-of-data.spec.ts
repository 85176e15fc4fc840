import { bodies, dotStuffed, hasStrayOctets, lineEnds, pieces, randomFrom } from '@holdfast/fake-attacker';
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

const octets = (text: string): Buffer => Buffer.from(text, 'latin1');
const after = 'RSET\r\nNOOP\r\n';
const commands = ['RSET', 'NOOP'];

// Beside those of the corpus, what no message may carry: refused later, but cut no other way than it was sent.
const messages: [string, string][] = [
  ...bodies,
  ['what looks like an end', 'a\r\n.\nb\r\n.\rc\n.\r\nd\r.\r\ne\r\n'],
  ['CR and LF in every order', '\r\r\n\n\r\n.\r\r\n\n.\n\r\n\r'.concat('\r\n')],
  ['NUL at every place of an end', 'a\0\r\n.\0\r\n\0.\r\0\n'.concat('\r\n')],
];

describe('a message, however it is cut', () => {
  it.each(messages)('in two, at every place: %s', async (_what, message) => {
    const whole = octets(dotStuffed(message) + after);
    for (let cut = 0; cut <= whole.length; cut++)
      expect(await feed([whole.subarray(0, cut), whole.subarray(cut)])).toEqual({ message, commands });
  });

  it.each(messages)('octet by octet: %s', async (_what, message) => {
    const parts = [...octets(dotStuffed(message) + after)].map((octet) => Buffer.from([octet]));
    expect(await feed(parts)).toEqual({ message, commands });
  });

  it.each(messages.filter(([, message]) => message.length < 200))(
    'in three, at every two places: %s',
    async (_what, message) => {
      const whole = octets(dotStuffed(message) + after);
      for (let one = 0; one <= whole.length; one++)
        for (let two = one; two <= whole.length; two++) {
          const parts = [whole.subarray(0, one), whole.subarray(one, two), whole.subarray(two)];
          const heard = await feed(parts);
          // A comparison by hand: of thirty thousand, Jest's own would take most of the time.
          if (heard.message !== message || heard.commands.join() !== commands.join())
            expect({ one, two, ...heard }).toEqual({ one, two, message, commands });
        }
    },
  );

  it.each(messages)('in random places: %s', async (_what, message) => {
    const random = randomFrom(20261125);
    const whole = octets(dotStuffed(message) + after);
    for (let round = 0; round < 50; round++)
      expect(await feed(pieces(whole, [2, 6, 40, 600][round % 4] as number, random))).toEqual({
        message,
        commands,
      });
  });

  it('of random octets, in random places', async () => {
    // Of few letters, so that every order of them turns up.
    const random = randomFrom(20261124);
    for (let round = 0; round < 3000; round++) {
      const message = `${Array.from({ length: random(24) }, () => '.\r\na\0'[random(5)]).join('')}\r\n`;
      const whole = octets(dotStuffed(message) + after);
      expect(await feed(pieces(whole, 6, random))).toEqual({ message, commands });
    }
  });

  it('loses the first dot of a line also when the sender should have sent two (RFC 5321 section 4.5.2)', async () => {
    expect((await feed([octets('.a\r\n.\r\n')])).message).toBe('a\r\n');
  });
});

it('only CR LF . CR LF ends it, of all that anybody may mean by the end of a line', async () => {
  for (const one of lineEnds)
    for (const two of lineEnds)
      for (const dots of ['.', '..']) {
        const text = `a${one}${dots}${two}RSET\r\n`;
        const { message, commands: ran } = await feed([octets(`${text}.\r\n`)]);
        const isEnd = text.includes('\r\n.\r\n');
        expect({ text, isEnd: ran.length > 0 }).toEqual({ text, isEnd });
        // One that stays in the message without anything odd in it has an honest reading alone.
        if (!isEnd && !hasStrayOctets(text)) expect(message).toBe(text.replace(/\r\n\./g, '\r\n'));
      }
});
