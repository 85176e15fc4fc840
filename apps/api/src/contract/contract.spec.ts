import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openLog } from '@holdfast/daemon';
import { writeContract } from './write-contract';

const committed = (file: string): Promise<string> =>
  readFile(fileURLToPath(new URL(`../../../../libs/api-contract/src/${file}`, import.meta.url)), 'utf8');

it('is what is committed; if you meant to change it, run "npx nx contract api-contract"', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'holdfast-contract-'));
  try {
    const { openapi, schema } = await writeContract(
      dataDir,
      openLog('api', 'error', { write: () => undefined }),
    );
    expect(openapi).toBe(await committed('openapi.json'));
    expect(schema).toBe(await committed('schema.ts'));
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
