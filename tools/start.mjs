// npm start. Brings the supervisor up to date and hands over to it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
const ownNode = `${root}node_modules/.bin/node`;

if (Number(process.versions.node.split('.')[0]) >= 24) {
  const { bundle } = await import('./build/bundle.ts');
  const { isStale } = await import('./build/stale.ts');
  if (await isStale('tools/up')) await bundle('tools/up');
  await import('../dist/tools/up/main.js');
} else if (existsSync(ownNode)) {
  // Called by hand under an older Node: the same again under the project's own.
  const child = spawn(ownNode, process.argv.slice(1), { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
} else {
  console.error('Holdfast runs under Node 24, which is not installed yet: run npm start.');
  process.exit(1);
}
