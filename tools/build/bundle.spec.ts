import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { bundle } from './bundle.ts';
import { isStale } from './stale.ts';
import { workspaceRoot } from './workspace.ts';

describe('bundling a program', () => {
  let folder: string;
  let root: string;

  beforeEach(async () => {
    // Inside the checkout, because a bundle finds its npm packages by looking upwards.
    await mkdir(join(workspaceRoot, 'tmp'), { recursive: true });
    folder = await mkdtemp(join(workspaceRoot, 'tmp/bundle-'));
    root = relative(workspaceRoot, folder);
    await writeFile(
      join(folder, 'part.ts'),
      `import 'reflect-metadata';
       const seen = (target: object, key: string): void => console.log(key, Reflect.getMetadata('design:type', target, key).name);
       export class Domain { @seen name!: string; @seen since!: Date; }`,
    );
    await writeFile(
      join(folder, 'main.ts'),
      `import { Domain } from './part';\nimport { parseAddress as known } from '@holdfast/mail';\nconsole.log(Domain.name, typeof known);`,
    );
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
    await rm(join(workspaceRoot, 'dist', root), { recursive: true, force: true });
  });

  it('writes one file that Node runs, with the types that Nest and TypeORM read', async () => {
    await bundle(root);
    const said = execFileSync(process.execPath, [join(workspaceRoot, 'dist', root, 'main.js')], {
      encoding: 'utf8',
    });
    expect(said.trim().split('\n')).toEqual(['name String', 'since Date', 'Domain function']);
  });

  it('knows when it has to be done again: never built, a source changed, the file gone', async () => {
    expect(await isStale(root)).toBe(true);
    await bundle(root);
    expect(await isStale(root)).toBe(false);
    await writeFile(join(folder, 'part.ts'), 'export class Domain {}');
    expect(await isStale(root)).toBe(true);
    await bundle(root);
    await rm(join(workspaceRoot, 'dist', root, 'main.js'));
    expect(await isStale(root)).toBe(true);
  });

  it('leaves the last good bundle alone when the source is broken', async () => {
    await bundle(root);
    await writeFile(join(folder, 'main.ts'), 'const = 1;');
    await expect(bundle(root)).rejects.toThrow();
    execFileSync(process.execPath, [join(workspaceRoot, 'dist', root, 'main.js')]);
  });
});
