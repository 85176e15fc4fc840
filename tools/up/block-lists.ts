/** The provider's block lists: a file beside everything else that must survive, written by hand. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readBlockLists, WrongBlockLists, type BlockList } from '@holdfast/rspamd-client';
import { CannotStart } from './cannot-start';

export const blockListsFile = 'block-lists.conf';

/**
 * The lists in `$HOLDFAST_DATA_DIR/block-lists.conf`; none when there is no such file.
 * @throws CannotStart naming the line that is wrong: a list that is silently not asked would be noticed by nobody
 */
export async function loadBlockLists(dataDir: string): Promise<BlockList[]> {
  const file = join(dataDir, blockListsFile);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new CannotStart(`${file} cannot be read: ${(error as Error).message}.`);
  }
  try {
    return readBlockLists(text);
  } catch (error) {
    if (error instanceof WrongBlockLists) throw new CannotStart(`${file}, ${error.message}.`);
    throw error;
  }
}
