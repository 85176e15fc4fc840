// node tools/bundle.mjs apps/api/src/contract && node dist/apps/api/src/contract/main.js <folder>
// Writes openapi.json, made from the controllers, and schema.ts, the types made from it. Needs no Postgres.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog, runMain } from '@holdfast/daemon';
import { writeContract } from './write-contract';

runMain(async () => {
  const [folder] = process.argv.slice(2);
  if (!folder) throw new Error('Say where to: node main.js <folder>');
  const dataDir = await mkdtemp(join(tmpdir(), 'holdfast-contract-'));
  try {
    const { openapi, schema } = await writeContract(dataDir, openLog('api'));
    await writeFile(join(folder, 'openapi.json'), openapi);
    await writeFile(join(folder, 'schema.ts'), schema);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
