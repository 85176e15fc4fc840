import { readFile, rename, writeFile } from 'node:fs/promises';
import type { DirectoryEntry } from './entry';
import { RecipientSet } from './recipient-set';

const format = 1;

interface Copy {
  format: number;
  savedAt: string;
  entries: DirectoryEntry[];
  recipients: Record<string, string>;
}

export interface RestoredCopy {
  savedAt: Date;
  entries: DirectoryEntry[];
  recipients: Map<string, RecipientSet>;
}

/** Writes the last good directory beside and moves it into place, so that there is always a whole one. */
export async function saveCopy(
  file: string,
  entries: DirectoryEntry[],
  recipients: Map<string, RecipientSet>,
): Promise<void> {
  const copy: Copy = {
    format,
    savedAt: new Date().toISOString(),
    entries,
    recipients: Object.fromEntries([...recipients].map(([domainId, set]) => [domainId, set.toText()])),
  };
  // Several processes of a machine save the same copy: each writes a file of its own, the last one stands.
  const beside = `${file}.${process.pid}`;
  await writeFile(beside, JSON.stringify(copy), { mode: 0o600 });
  await rename(beside, file);
}

/** @returns undefined when there is none, or none that we can read; a damaged copy is as good as none */
export async function readCopy(file: string): Promise<RestoredCopy | undefined> {
  try {
    const copy = JSON.parse(await readFile(file, 'utf8')) as Copy;
    if (copy.format !== format) return undefined;
    return {
      savedAt: new Date(copy.savedAt),
      entries: copy.entries,
      recipients: new Map(
        Object.entries(copy.recipients).map(([domainId, text]) => [domainId, RecipientSet.fromText(text)]),
      ),
    };
  } catch {
    return undefined;
  }
}
