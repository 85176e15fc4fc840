import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import type { Tally } from './tally';

/** The part of Jest's `--json` that we read. */
export interface JestResults {
  testResults: {
    /** absolute path of the file */
    name: string;
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
  }[];
}

/** Shown of each failure; the rest is in the log of the stage. */
const shownLines = 30;

const shortened = (words: string): string => words.split('\n').slice(0, shownLines).join('\n');

/**
 * Adds one project's results. A file that could not even be loaded counts as one failure, and so does a skipped test: it looks
 * like a promise that is kept, and nobody knows.
 * @returns how many tests there were
 */
export function addJestResults(tally: Tally, results: JestResults, workspaceRoot: string): number {
  let tests = 0;
  for (const file of results.testResults) {
    const path = relative(workspaceRoot, file.name);
    tests += file.assertionResults.length;
    for (const { fullName, status, failureMessages } of file.assertionResults) {
      if (status === 'passed') tally.pass();
      else if (status === 'failed') tally.fail(`${path}: ${fullName}`, shortened(failureMessages.join('\n')));
      else tally.fail(`${path}: ${fullName} (${status}, but a test has to run)`);
    }
    const hasFailedTest = file.assertionResults.some(({ status }) => status === 'failed');
    if (file.status === 'failed' && !hasFailedTest)
      tally.fail(`${path} did not run`, shortened(file.message));
  }
  return tests;
}

/** Reads a results file, or undefined when this run did not write one. */
export async function readJestResults(file: string): Promise<JestResults | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as JestResults;
  } catch {
    return undefined;
  }
}
