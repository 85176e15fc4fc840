import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Reply } from './control';

const plexSans = 'node_modules/@fontsource-variable/ibm-plex-sans/files';
const plexMono = 'node_modules/@fontsource/ibm-plex-mono/files';

/** Address -> file below the root of the checkout, and its type. Nothing else is served. */
const files: Record<string, [file: string, type: string]> = {
  '/': ['tools/demo/page/index.html', 'text/html; charset=utf-8'],
  '/demo.css': ['tools/demo/page/demo.css', 'text/css; charset=utf-8'],
  '/demo.js': ['tools/demo/page/demo.js', 'text/javascript; charset=utf-8'],
  '/fonts/sans.woff2': [`${plexSans}/ibm-plex-sans-latin-wght-normal.woff2`, 'font/woff2'],
  '/fonts/mono.woff2': [`${plexMono}/ibm-plex-mono-latin-400-normal.woff2`, 'font/woff2'],
  '/favicon.svg': ['tools/demo/page/favicon.svg', 'image/svg+xml'],
};

/** The root of the checkout: this file runs from tools/demo in specs and from dist/tools/demo as a bundle. */
function rootOfCheckout(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    if (isOurs(join(folder, 'package.json'))) return folder;
    if (dirname(folder) === folder) throw new Error('the demo does not find the files of its page');
    folder = dirname(folder);
  }
}

function isOurs(file: string): boolean {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === 'holdfast';
  } catch {
    return false;
  }
}

/** Routes for everything that the page is made of. */
export function pageRoutes(): Record<string, () => Promise<Reply>> {
  const root = rootOfCheckout();
  return Object.fromEntries(
    Object.entries(files).map(([path, [file, type]]) => [
      path,
      async () => ({ type, bytes: await readFile(join(root, file)) }),
    ]),
  );
}
