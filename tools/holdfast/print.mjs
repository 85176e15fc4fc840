/**
 * Writes an answer: JSON on one line for scripts, what `forPeople` makes of it for people.
 * @param {any} answer
 * @param {{ json?: boolean }} options
 * @param {(answer: any) => string | Promise<string>} forPeople
 */
export async function print(answer, { json }, forPeople) {
  process.stdout.write(`${json ? JSON.stringify(answer) : await forPeople(answer)}\n`);
}

/**
 * A table without lines: they make copying harder and say nothing.
 * @param {string[]} head
 * @param {unknown[][]} rows
 * @param {string} ifEmpty what is said instead of a table without rows
 */
export async function table(head, rows, ifEmpty) {
  if (rows.length === 0) return ifEmpty;
  const { default: Table } = await import('cli-table3');
  const none = {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
  };
  const made = new Table({
    head,
    chars: {
      ...none,
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '  ',
    },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows) made.push(row.map((cell) => String(cell ?? '-')));
  return made.toString().replace(/ +$/gm, '');
}

/** A page: its table, and how to get the next one. */
export async function page(answer, head, row, ifEmpty) {
  const text = await table(head, answer.items.map(row), ifEmpty);
  return answer.next ? `${text}\n\nThere is more: --after ${answer.next}` : text;
}

/** @param {string | null | undefined} at ISO 8601 */
export const when = (at) => (at ? at.replace('T', ' ').replace(/(\.\d+)?Z$/, 'Z') : '-');

/** @param {number} bytes */
export function size(bytes) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (bytes >= 1024 && unit < units.length - 1) {
    bytes /= 1024;
    unit++;
  }
  return `${unit === 0 || bytes >= 100 ? Math.round(bytes) : bytes.toFixed(1)} ${units[unit]}`;
}
