/**
 * Finds messages that go in circles, by the Received lines that every server adds (RFC 5321 section 6.3).
 */

/** The RFC asks for "at least 100": long ways through lists and forwarders are real. */
export const mostReceivedLines = 100;
/**
 * How often a message may have passed us before. Once or twice is honest (forwarded from one held domain to another, twice even);
 * a primary that sends its mail back to us reaches five in no time.
 */
export const mostPassesOfOurs = 5;

// Received lines stand on top. A header section beyond this is somebody's attempt to make us count for ever.
const mostHeaderBytes = 256 * 1024;

/** Says why a message is in a loop, or undefined when it is not. */
export function loopIn(chunks: readonly Buffer[], ourName: string): string | undefined {
  const header = headerOf(chunks);
  let lines = 0;
  let passes = 0;
  // A field goes on as long as lines begin with a blank; `by` may stand on a later line.
  for (const [field] of header.matchAll(/^received[ \t]*:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*/gim)) {
    lines++;
    const by = /[\s)]by\s+([^\s;()]+)/i.exec(field)?.[1];
    if (by?.toLowerCase() === ourName.toLowerCase()) passes++;
  }
  if (passes >= mostPassesOfOurs) return `passed us ${passes} times before`;
  return lines >= mostReceivedLines ? `has ${lines} Received lines` : undefined;
}

/** The header section, in octets as Latin-1. */
function headerOf(chunks: readonly Buffer[]): string {
  let text = '';
  for (const chunk of chunks) {
    text += chunk.toString('latin1', 0, mostHeaderBytes - text.length);
    const end = text.indexOf('\r\n\r\n');
    if (end >= 0) return text.slice(0, end);
    if (text.length >= mostHeaderBytes) break;
  }
  return text;
}
