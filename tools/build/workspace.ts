import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Found by looking upwards: this file is also part of bundles, which lie elsewhere. */
function findWorkspaceRoot(from: string): string {
  if (existsSync(join(from, 'nx.json'))) return from;
  if (dirname(from) === from) throw new Error('not inside a checkout of Holdfast');
  return findWorkspaceRoot(dirname(from));
}

/** The folder of the checkout, without a slash at its end. */
export const workspaceRoot = findWorkspaceRoot(dirname(fileURLToPath(import.meta.url)));
