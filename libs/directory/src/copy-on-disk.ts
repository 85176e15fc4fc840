import { createReadStream } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { DirectoryEntry } from './entry';
import { RecipientList } from './recipient-list';
import { RecipientSet } from './recipient-set';

const format = 2;

/** A line of the copy: one JSON value each, so that neither side ever has the whole text in memory. */
type Line =
  | { format: number; savedAt: string }
  | { entry: DirectoryEntry }
  | { list: string; revision: number; patterns: readonly string[] }
  | { hashesOf: string; piece: string }
  /** the last one: without it the copy is not whole */
  | { entries: number };

export interface RestoredCopy {
  savedAt: Date;
  entries: DirectoryEntry[];
  lists: Map<string, RecipientList>;
}

/** Written at once; between two of them port 25 answers. */
const blockBytes = 128 * 1024;
const pieceOfHashes = 8_192;

/** Writes the last good directory beside and moves it into place, so that there is always a whole one. */
export async function saveCopy(
  file: string,
  entries: Iterable<DirectoryEntry>,
  lists: Iterable<[string, RecipientList]>,
): Promise<void> {
  // Several processes of a machine save the same copy: each writes a file of its own, the last one stands.
  const beside = `${file}.${process.pid}`;
  const handle = await open(beside, 'w', 0o600);
  try {
    let block = '';
    for (const line of linesOf(entries, lists)) {
      block += `${JSON.stringify(line)}\n`;
      if (block.length < blockBytes) continue;
      await handle.write(block);
      block = '';
    }
    await handle.write(block);
  } finally {
    await handle.close();
  }
  await rename(beside, file);
}

function* linesOf(
  entries: Iterable<DirectoryEntry>,
  lists: Iterable<[string, RecipientList]>,
): Generator<Line> {
  yield { format, savedAt: new Date().toISOString() };
  let count = 0;
  for (const entry of entries) {
    count++;
    yield { entry };
  }
  for (const [domainId, { revision, patterns, set }] of lists) {
    yield { list: domainId, revision, patterns };
    for (const piece of set.pieces(pieceOfHashes)) yield { hashesOf: domainId, piece };
  }
  yield { entries: count };
}

/** @returns undefined when there is none, or none that we can read; a damaged copy is as good as none */
export async function readCopy(file: string): Promise<RestoredCopy | undefined> {
  const input = createReadStream(file);
  try {
    let savedAt: Date | undefined;
    let isWhole = false;
    const entries: DirectoryEntry[] = [];
    const heads = new Map<string, { revision: number; patterns: readonly string[]; runs: Float64Array[] }>();
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      const line = JSON.parse(text) as Line;
      if ('entry' in line) entries.push(line.entry);
      else if ('hashesOf' in line) heads.get(line.hashesOf)?.runs.push(RecipientSet.run(line.piece));
      else if ('list' in line)
        heads.set(line.list, { revision: line.revision, patterns: line.patterns, runs: [] });
      else if ('entries' in line) isWhole = line.entries === entries.length;
      else if (line.format === format) savedAt = new Date(line.savedAt);
      else return undefined;
    }
    if (!savedAt || !isWhole) return undefined;
    const lists = Array.from(
      heads,
      ([domainId, { revision, patterns, runs }]) =>
        [domainId, new RecipientList(revision, RecipientSet.ofHashes(runs), patterns)] as const,
    );
    return { savedAt, entries, lists: new Map(lists) };
  } catch {
    return undefined;
  } finally {
    input.destroy();
  }
}
