/**
 * Turns one program of the monorepo into one file that Node runs: dist/<root>/main.js.
 *
 * esbuild joins the files, SWC compiles each of them: Nest and TypeORM read the types of constructor parameters and
 * columns at run time, and of the two only SWC writes that metadata. npm packages stay outside the bundle; they are
 * loaded from node_modules as they were published, because several of them carry native parts.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { transform } from '@swc/core';
import { build, stop, type Plugin } from 'esbuild';
import { workspaceRoot } from './workspace.ts';
import { fingerprints } from './fingerprint.ts';

/** The file that says of which sources (path -> hash) a bundle was made; see stale.ts. */
export const builtFromFile = (root: string): string => join(workspaceRoot, 'dist', root, 'built-from.json');

/** What every bundle depends on besides its own sources. */
export const bundlerSources = ['package-lock.json', 'tsconfig.base.json', 'tools/build/bundle.ts'];

const entryOf = (root: string): string => {
  const entry = [`${root}/src/main.ts`, `${root}/main.ts`].find((file) =>
    existsSync(join(workspaceRoot, file)),
  );
  if (entry === undefined) throw new Error(`neither ${root}/src/main.ts nor ${root}/main.ts exists`);
  return entry;
};

const compile = async (path: string): Promise<{ code: string }> => {
  try {
    return await transform(await readFile(path, 'utf8'), {
      filename: path,
      swcrc: false,
      sourceMaps: 'inline',
      module: { type: 'es6' },
      jsc: {
        target: 'es2023',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      },
    });
  } catch (error) {
    // SWC adds a page about its own insides to the few lines about ours.
    throw new Error(String(error).split('\nCaused by')[0]?.trim(), { cause: error });
  }
};

const compileWithSwc: Plugin = {
  name: 'compile-with-swc',
  setup(esbuild) {
    esbuild.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const { code } = await compile(path);
      return { contents: code, loader: 'js', resolveDir: dirname(path) };
    });
  },
};

/**
 * Bundles the program under `root` (for example `apps/relay` or `tools/demo`). Throws when it cannot be built; what
 * an earlier build left is then still there, untouched.
 */
export const bundle = async (root: string): Promise<void> => {
  const outfile = join(workspaceRoot, 'dist', root, 'main.js');
  const result = await build({
    absWorkingDir: workspaceRoot,
    entryPoints: [entryOf(root)],
    outfile,
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    packages: 'external',
    sourcemap: 'linked',
    keepNames: true,
    tsconfig: join(workspaceRoot, 'tsconfig.base.json'),
    loader: { '.html': 'text', '.css': 'text', '.svg': 'text', '.sql': 'text' },
    plugins: [compileWithSwc],
    metafile: true,
    logLevel: 'error',
  });
  await mkdir(dirname(outfile), { recursive: true });
  for (const file of result.outputFiles) {
    // Written aside and renamed, so that a program starting right now reads the old bundle or the new one, never half.
    const aside = `${file.path}.${process.pid}`;
    await writeFile(aside, file.contents);
    await rename(aside, file.path);
  }
  const inputs = [...Object.keys(result.metafile.inputs), ...bundlerSources];
  await writeFile(builtFromFile(root), JSON.stringify(await fingerprints(inputs), null, 1));
};

/** Ends the process that esbuild keeps for the next build; for a program that goes on to do something else. */
export const stopBundling = async (): Promise<void> => stop();
