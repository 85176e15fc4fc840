/**
 * Fails the build when the JavaScript that a first visit must load is larger than the promise: 250 kB, gzipped.
 * Angular's own budgets count bytes before compression, which is not what a phone in a cellar waits for.
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const promisedBytes = 250_000;
const browser = new URL('../../dist/apps/console/browser/', import.meta.url);
const page = readFileSync(new URL('index.html', browser), 'utf8');
const scripts = new Set([...page.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map((match) => match[1]));
const bytes = [...scripts].reduce(
  (sum, name) => sum + gzipSync(readFileSync(new URL(name, browser))).length,
  0,
);

console.log(
  `Initial JavaScript: ${(bytes / 1000).toFixed(1)} kB gzip in ${scripts.size} files (promised: ${promisedBytes / 1000} kB)`,
);
if (scripts.size === 0 || bytes > promisedBytes) {
  console.error('The first load is larger than promised: make a route lazy, or drop a dependency.');
  process.exit(1);
}
