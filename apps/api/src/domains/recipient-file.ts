/**
 * A file of recipients as it comes off the wire: CSV with the address in the first column (RFC 4180 as spreadsheets write it, also
 * with semicolons or tabs), with or without a header. Never more than one line of it is in memory.
 */

/** The longest address has 320 octets; the other columns may be comments. */
const longestLine = 4_096;

export interface FileRow {
  /** from 1 */
  row: number;
  /** undefined: the line is too long to be one */
  cell: string | undefined;
}

/** The first cells of the lines that are neither empty, nor comments, nor the header. */
export async function* rowsOf(file: AsyncIterable<Buffer>): AsyncGenerator<FileRow> {
  let row = 0;
  let isFirst = true;
  for await (const line of linesOf(file)) {
    row++;
    const cell = line === undefined ? undefined : firstCell(row === 1 ? line.replace(/^\uFEFF/, '') : line);
    if (cell === '' || cell?.startsWith('#')) continue;
    const isHeader = isFirst && cell !== undefined && header.test(cell);
    isFirst = false;
    if (!isHeader) yield { row, cell };
  }
}

const header = /^(e-?mail|address|recipient|user|mailbox|local.?part|alias)[a-z _-]*$/i;

async function* linesOf(file: AsyncIterable<Buffer>): AsyncGenerator<string | undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  let isTooLong = false;
  for await (const chunk of file) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n/);
    rest = lines.pop() as string;
    for (const line of lines) {
      yield isTooLong || line.length > longestLine ? undefined : line;
      isTooLong = false;
    }
    if (rest.length <= longestLine) continue;
    isTooLong = true;
    rest = '';
  }
  rest += decoder.decode();
  if (isTooLong) yield undefined;
  else if (rest !== '') yield rest;
}

function firstCell(line: string): string {
  const text = line.trim();
  // `"ada@example.org",Ada` is a cell in quotes; `"odd name"@example.org` is an address.
  const quoted = /^"((?:[^"]|"")*)"(?=$|[,;\t])/.exec(text);
  if (quoted) return (quoted[1] as string).replaceAll('""', '"').trim();
  return (text.split(/[,;\t]/)[0] as string).trim();
}
