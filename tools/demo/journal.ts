/**
 * A list on disk, one JSON line per entry, of which the last ones are kept at hand and the others only counted.
 *
 * The write happens before `append` returns, so an entry survives a kill of this process (a power cut may take the last
 * few: this is a demo's memory, not the spool). That lets whoever kills everything in the middle of a burst count
 * afterwards what the primaries really took.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';

const rewriteAboveBytes = 16 * 1024 * 1024;

export class Journal<T> {
  readonly #recent: T[] = [];
  #forgotten = 0;
  #fd = -1;
  #writtenBytes = 0;

  /** Reads what is there; a last line that was cut off by a kill counts as not written. */
  constructor(
    private readonly file: string,
    private readonly keep: number,
  ) {
    let lines: string[] = [];
    try {
      lines = readFileSync(file, 'utf8').split('\n');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    for (const line of lines) {
      const entry = parse(line);
      if (entry === undefined) continue;
      if (isForgotten(entry)) this.#forgotten += entry.forgotten;
      else this.#remember(entry as T);
    }
    this.#rewrite();
  }

  /** The last entries, oldest first. */
  get recent(): readonly T[] {
    return this.#recent;
  }

  /** All entries ever. */
  get total(): number {
    return this.#forgotten + this.#recent.length;
  }

  append(entry: T): void {
    this.#writtenBytes += writeSync(this.#fd, `${JSON.stringify(entry)}\n`);
    this.#remember(entry);
    if (this.#writtenBytes > rewriteAboveBytes) this.#rewrite();
  }

  close(): void {
    if (this.#fd !== -1) closeSync(this.#fd);
    this.#fd = -1;
  }

  #remember(entry: T): void {
    this.#recent.push(entry);
    if (this.#recent.length <= this.keep) return;
    this.#recent.shift();
    this.#forgotten += 1;
  }

  /** Writes only what is kept, aside, and puts it in the old file's place: whenever we are killed, one of them is whole. */
  #rewrite(): void {
    this.close();
    const aside = `${this.file}.new`;
    const fd = openSync(aside, 'w');
    const lines = [
      JSON.stringify({ forgotten: this.#forgotten }),
      ...this.#recent.map((entry) => JSON.stringify(entry)),
    ];
    this.#writtenBytes = writeSync(fd, `${lines.join('\n')}\n`);
    fsyncSync(fd);
    closeSync(fd);
    renameSync(aside, this.file);
    this.#fd = openSync(this.file, 'a');
  }
}

function parse(line: string): unknown {
  try {
    return line === '' ? undefined : JSON.parse(line);
  } catch {
    return undefined;
  }
}

const isForgotten = (entry: unknown): entry is { forgotten: number } =>
  typeof entry === 'object' &&
  entry !== null &&
  typeof (entry as { forgotten?: unknown }).forgotten === 'number';
