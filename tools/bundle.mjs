// node tools/bundle.mjs <projectRoot>...   bundles programs into dist/<projectRoot>/main.js
import { bundle } from './build/bundle.ts';

const roots = process.argv.slice(2);
if (roots.length === 0) {
  console.error('bundle: name at least one project root, for example apps/relay');
  process.exit(2);
}
for (const root of roots) {
  try {
    await bundle(root);
  } catch (error) {
    // esbuild has already printed what it could not build, with the line; a stack of ours adds nothing to it.
    console.error(`bundle: ${root}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
