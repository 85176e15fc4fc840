import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal } from './journal';

describe('a journal', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-journal-'));
    file = join(folder, 'list.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const open = (keep = 3) => new Journal<{ n: number }>(file, keep);

  it('keeps the last entries and counts them all, also after a restart', () => {
    const journal = open();
    for (const n of [1, 2, 3, 4, 5]) journal.append({ n });
    expect(journal.recent).toEqual([{ n: 3 }, { n: 4 }, { n: 5 }]);
    expect(journal.total).toBe(5);
    journal.close();

    const again = open();
    again.append({ n: 6 });
    expect(again.recent).toEqual([{ n: 4 }, { n: 5 }, { n: 6 }]);
    expect(again.total).toBe(6);
    again.close();
  });

  it('has written an entry when append returns', () => {
    const journal = open();
    journal.append({ n: 1 });
    expect(readFileSync(file, 'utf8')).toContain('{"n":1}\n');
    journal.close();
  });

  it('counts a line that a kill cut off as not written, and goes on behind it', () => {
    const journal = open();
    journal.append({ n: 1 });
    journal.close();
    appendFileSync(file, '{"n":');
    const again = open();
    again.append({ n: 2 });
    again.close();
    const last = open();
    expect(last.recent).toEqual([{ n: 1 }, { n: 2 }]);
    last.close();
  });

  it('does not grow without end', () => {
    const journal = new Journal<{ text: string }>(file, 2);
    const text = 'x'.repeat(1_000_000);
    for (let n = 0; n < 40; n += 1) journal.append({ text });
    expect(statSync(file).size).toBeLessThan(20_000_000);
    expect(journal.total).toBe(40);
    journal.close();
    const again = open();
    expect(again.total).toBe(40);
    again.close();
  });
});
