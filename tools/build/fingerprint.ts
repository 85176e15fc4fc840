import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { workspaceRoot } from './workspace.ts';

/** Path within the checkout -> hash of its content; a file that is not there has the fingerprint `absent`. */
export type Fingerprints = Record<string, string>;

/** Fingerprints of files (paths relative to the checkout), in the order of their names. */
export const fingerprints = async (paths: string[]): Promise<Fingerprints> => {
  const entries = await Promise.all(
    paths.toSorted().map(async (path) => {
      try {
        const content = await readFile(join(workspaceRoot, path));
        return [path, createHash('sha256').update(content).digest('base64url')] as const;
      } catch {
        return [path, 'absent'] as const;
      }
    }),
  );
  return Object.fromEntries(entries);
};

/** Whether two sets of fingerprints name the same files with the same content. */
export const isSame = (one: Fingerprints, other: Fingerprints): boolean =>
  Object.keys(one).length === Object.keys(other).length &&
  Object.entries(one).every(([path, fingerprint]) => other[path] === fingerprint);
