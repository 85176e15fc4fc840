const stuffable = Buffer.from('\r\n.');
const dot = Buffer.from('.');
const end = Buffer.from('.\r\n');
const lineEnd = Buffer.from('\r\n');

/**
 * A message as it goes over the wire: a dot before each line that begins with one, and the line with the dot that ends it (RFC 5321
 * section 4.5.2). The pieces are views of what came in; nothing else is touched.
 * @param parts one after the other the message, each beginning a line
 */
export function dotStuffed(parts: readonly Buffer[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (const part of parts) {
    if (part[0] === 0x2e) pieces.push(dot);
    let from = 0;
    for (let at = part.indexOf(stuffable); at !== -1; at = part.indexOf(stuffable, from)) {
      pieces.push(part.subarray(from, at + 3), dot);
      from = at + 3;
    }
    pieces.push(part.subarray(from));
  }
  const last = parts.at(-1);
  // Port 25 takes only whole lines; a message from elsewhere must not swallow our dot.
  if (last && last.length > 0 && !last.subarray(-2).equals(lineEnd)) pieces.push(lineEnd);
  pieces.push(end);
  return pieces;
}
