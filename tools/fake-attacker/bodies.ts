/** Messages that a careless reader of DATA spoils, as Latin-1: what arrives must be what was sent, in whatever pieces it comes. */
const everyOctet = Array.from({ length: 256 }, (_, n) => n).filter((n) => n !== 0 && n !== 10 && n !== 13);

export const bodies: [what: string, message: string][] = [
  ['nothing', ''],
  ['an empty line', '\r\n'],
  ['only CR LF', '\r\n\r\n\r\n'],
  ['a dot', '.\r\n'],
  ['two dots', '..\r\n'],
  ['lines of dots', '..\r\n...\r\n....\r\n.....\r\n'],
  ['many lines of one dot', '.\r\n'.repeat(20)],
  ['dots everywhere', '.a.\r\n..\r\n.\r\n\r\n.\r\n. \r\n .\r\na.\r\n'],
  ['a dot before the last line', 'a\r\n.\r\nb\r\n'],
  ['an end with dots', 'a\r\n..\r\n.\r\n'],
  ['a dot, an empty line, a dot', '.\r\n\r\n.\r\n\r\n'],
  ['a header and no text', 'Subject: x\r\n'],
  ['a header and an empty text', 'Subject: x\r\n\r\n'],
  ['no header', '\r\ntext\r\n'],
  ['blanks at the end of lines', 'a \r\n. \r\n\t\r\n'],
  ['8-bit', '\xe9\xff\x80\r\n.\xe9\r\n'],
  ['UTF-8', '\xc3\xbc\r\n.\xe2\x82\xac\r\n\xf0\x9f\x93\xae\r\n'],
  ['every octet but CR, LF and NUL', `${String.fromCharCode(...everyOctet)}\r\n`],
  ['a line of 997 octets', `${'x'.repeat(997)}\r\n.\r\n`],
  ['a line of 998 octets, the most that RFC 5322 permits', `${'x'.repeat(998)}\r\n.\r\n`],
  ['a line of 999 octets', `${'x'.repeat(999)}\r\n.\r\n`],
  ['a line of 998 octets that begins with a dot', `.${'x'.repeat(997)}\r\n`],
  ['a long line', `${'x'.repeat(3000)}.\r\n`],
  ['commands', 'RSET\r\nMAIL FROM:<evil@victim.test>\r\nQUIT\r\nDATA\r\n'],
  ['a message in a message', 'DATA\r\nSubject: x\r\n\r\nx\r\n..\r\n.\r\nMAIL FROM:<>\r\n'],
];

/** What a sender does with a message before it is sent (RFC 5321 section 4.5.2). */
export const dotStuffed = (message: string): string => `${message.replace(/(^|\r\n)\./g, '$1..')}.\r\n`;

/** Cuts into pieces of few octets. @param random below its argument */
export function pieces(whole: Buffer, most: number, random: (below: number) => number): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < whole.length;) {
    const bytes = 1 + random(most);
    parts.push(whole.subarray(at, at + bytes));
    at += bytes;
  }
  return parts;
}

/** The same numbers for the same seed, so that a failure can be seen again. @returns a whole number below its argument */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
