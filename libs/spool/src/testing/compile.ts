import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** Makes one runnable file of a TypeScript program, in a directory of its own, for specs that need a second process. */
export async function compile(program: URL): Promise<{ file: string; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-program-'));
  // Packages stay packages (lmdb has a native part); Node finds them from here through this link.
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  const file = join(directory, 'program.mjs');
  await build({
    entryPoints: [fileURLToPath(program)],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    alias: { '@holdfast/mail': join(root, 'libs/mail/src/index.ts') },
    logLevel: 'silent',
  });
  return { file, remove: () => rm(directory, { recursive: true, force: true }) };
}
