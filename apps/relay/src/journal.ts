/**
 * What a primary took, before Postgres knows.
 *
 * A 250 that only this process has heard is lost with it, and the message would be delivered again. So each one is appended to a
 * file at once, by one write: the file outlives a killed process (a power cut may take the last moments of it, because it is not
 * synced; then there are copies, never losses). When Postgres has it, the file is emptied. One file a worker. A worker that
 * starts settles what its predecessor left before it claims anything, and what stands in the files of others too: one of them may
 * not be started again, because the operator wants fewer. Settling twice does no harm; only the owner empties a file.
 */
import { closeSync, ftruncateSync, mkdirSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface JournalEntry {
  deliveryId: string;
  reply: string;
  with: string;
}

export class Journal {
  private readonly file: number;
  private open = 0;

  private constructor(path: string) {
    this.file = openSync(path, 'a', 0o600);
  }

  /** Opens a worker's journal. `left` is what was delivered and perhaps never settled; the caller settles it, then says so. */
  static openFor(directory: string, worker: number): { journal: Journal; left: JournalEntry[] } {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, `delivered-${worker}.log`);
    const left = readdirSync(directory)
      .filter((file) => file.startsWith('delivered-'))
      .flatMap((file) => readLeft(join(directory, file)));
    const journal = new Journal(path);
    // Counted until Postgres has them, whosever they are: the file is emptied when nothing is on its way any more.
    journal.open = left.length;
    return { journal, left };
  }

  /** Keeps a 250. Returns when it would survive this process. */
  keep(entries: JournalEntry[]): void {
    if (entries.length === 0) return;
    writeSync(this.file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    this.open += entries.length;
  }

  /** Postgres has `count` more of them. The file is emptied when it has all. */
  settled(count: number): void {
    this.open -= count;
    if (this.open <= 0) {
      this.open = 0;
      ftruncateSync(this.file, 0);
    }
  }

  close(): void {
    closeSync(this.file);
  }
}

/** What a process of this node that died had delivered and perhaps not settled. Its file stays: only its owner empties it. */
export function readJournalOf(directory: string, worker: number): JournalEntry[] {
  return readLeft(join(directory, `delivered-${worker}.log`));
}

function readLeft(path: string): JournalEntry[] {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return content.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as JournalEntry];
    } catch {
      // A line cut short by the end of the process: its 250 was not heard, or at least not kept.
      return [];
    }
  });
}
