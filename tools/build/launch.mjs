import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Brings one of the tools up to date and becomes it. Plain JavaScript: npm scripts find the project's own Node 24 first on the
 * path, but somebody may call this by hand under an older one, and then it is called again under the right one.
 */
export async function launch(program) {
  process.chdir(root);
  if (Number(process.versions.node.split('.')[0]) >= 24) {
    const { bundle } = await import('./bundle.ts');
    const { isStale } = await import('./stale.ts');
    if (await isStale(program)) await bundle(program);
    await import(join(root, 'dist', program, 'main.js'));
    return;
  }
  const ownNode = join(root, 'node_modules/.bin/node');
  if (!existsSync(ownNode)) {
    console.error('Holdfast runs under Node 24, which is not installed here yet: run npm start or npm test.');
    process.exit(1);
  }
  const child = spawn(ownNode, process.argv.slice(1), { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
}
