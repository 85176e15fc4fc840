/**
 * Renames header fields that claim to be ours. A primary believes an Authentication-Results line that carries our name (RFC 8601
 * section 5 wants such lines gone before ours is added), and tenants filter by X-Holdfast-*; anybody can write both.
 *
 * They are renamed and not removed, by a name of the same length: not an octet of the body moves, nothing is copied, and what somebody
 * tried stays to be seen. A DKIM signature breaks by it only if it covers a line that forged our name.
 */
const lineEnd = Buffer.from('\r\n');
const headerEnd = Buffer.from('\r\n\r\n');
const results = 'authentication-results';
const renamed: Record<string, string> = {
  [results]: 'X-Foreign-Auth-Results',
  'x-holdfast-scan': 'X-Not-Ours-Scan',
  'x-holdfast-client': 'X-Not-Ours-Client',
  'x-holdfast-late-scan': 'X-Not-Ours-Late-Scan',
};

/** Does it within `chunks`, in place. */
export function renameForgedResults(chunks: readonly Buffer[], ourName: string): void {
  const header = headerOf(chunks);
  for (let at = 0; at < header.length;) {
    const end = endOfField(header, at);
    const name = nameOf(header, at);
    const newName = renamed[name];
    if (
      newName &&
      (name !== results ||
        serverOf(header.toString('latin1', at + name.length, end)) === ourName.toLowerCase())
    )
      overwrite(chunks, at, newName);
    at = end;
  }
}

/** The header section, with the end of its last line. Almost always it stands in the first chunk, and nothing is copied. */
function headerOf(chunks: readonly Buffer[]): Buffer {
  let seen = chunks[0] ?? Buffer.alloc(0);
  if (seen.subarray(0, 2).equals(lineEnd)) return Buffer.alloc(0);
  let end = seen.indexOf(headerEnd);
  if (end < 0 && chunks.length > 1) {
    seen = Buffer.concat(chunks);
    end = seen.indexOf(headerEnd);
  }
  return end < 0 ? seen : seen.subarray(0, end + lineEnd.length);
}

/** A field goes on as long as lines begin with a blank (RFC 5322 section 2.2.3). */
function endOfField(header: Buffer, at: number): number {
  let end = at;
  do {
    const found = header.indexOf(lineEnd, end);
    if (found < 0) return header.length;
    end = found + lineEnd.length;
  } while (header[end] === 0x20 || header[end] === 0x09);
  return end;
}

/** '' when it is none of the names that we look for; whatever blanks stand before the colon. */
function nameOf(header: Buffer, at: number): string {
  for (const name of Object.keys(renamed)) {
    const after = header.toString('latin1', at + name.length, at + name.length + 80);
    if (/^[ \t]*:/.test(after) && header.toString('latin1', at, at + name.length).toLowerCase() === name)
      return name;
  }
  return '';
}

/** The authserv-id (RFC 8601 section 2.2), lower case: after blanks and comments, quoted or not. */
function serverOf(rest: string): string {
  let value = rest.slice(rest.indexOf(':') + 1).replace(/\r\n/g, '');
  for (let before = ''; before !== value;) {
    before = value;
    value = value.trimStart().replace(/^\((?:[^()\\]|\\.)*\)/, '');
    // Comments nest; the innermost go first.
    if (value.startsWith('(')) value = value.replace(/\((?:[^()\\]|\\.)*\)/, '');
  }
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(value)?.[1]?.replace(/\\(.)/g, '$1');
  return (quoted ?? /^[^\s;()]*/.exec(value)?.[0] ?? '').toLowerCase().replace(/\.$/, '');
}

function overwrite(chunks: readonly Buffer[], at: number, text: string): void {
  let start = 0;
  for (const chunk of chunks) {
    for (let n = Math.max(at, start); n < Math.min(at + text.length, start + chunk.length); n++)
      chunk[n - start] = text.charCodeAt(n - at);
    start += chunk.length;
    if (start >= at + text.length) return;
  }
}
