import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadBlockLists } from './block-lists';
import { CannotStart } from './cannot-start';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-block-lists-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('are none without a file, those in it, and no start at all when it is wrong', async () => {
  expect(await loadBlockLists(folder)).toEqual([]);
  await writeFile(join(folder, 'block-lists.conf'), 'bl.example.net 127.0.0.2\n');
  expect(await loadBlockLists(folder)).toEqual([{ zone: 'bl.example.net', answers: ['127.0.0.2'] }]);
  await writeFile(join(folder, 'block-lists.conf'), 'bl.example.net\nnonsense\n');
  await expect(loadBlockLists(folder)).rejects.toThrow(
    new CannotStart(`${folder}/block-lists.conf, line 2: "nonsense" is no zone such as bl.example.net.`),
  );
});
