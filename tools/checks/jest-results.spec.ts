import { addJestResults, type JestResults } from './jest-results';
import { Tally } from './tally';

const test = (
  status: string,
  fullName = 'it works',
): JestResults['testResults'][number]['assertionResults'][number] => ({
  fullName,
  status,
  failureMessages: status === 'failed' ? ['expected 250'] : [],
});
const file = (status: string, ...tests: ReturnType<typeof test>[]): JestResults['testResults'][number] => ({
  name: '/house/libs/mail/src/reply.spec.ts',
  status,
  message: status === 'failed' ? 'SyntaxError: no' : '',
  assertionResults: tests,
});
const added = (...testResults: JestResults['testResults']): Tally => {
  const tally = new Tally();
  addJestResults(tally, { testResults }, '/house');
  return tally;
};

describe('adding up what Jest has done', () => {
  it('counts every test once', () => {
    expect(added(file('failed', test('passed'), test('failed'), test('passed'))).line).toBe(
      '2 passed, 1 failed',
    );
  });

  it('names the test that failed, with its words', () => {
    expect(added(file('failed', test('failed', 'a reply is parsed'))).failures).toEqual([
      { name: 'libs/mail/src/reply.spec.ts: a reply is parsed', words: 'expected 250' },
    ]);
  });

  it('counts a file that could not be loaded', () => {
    expect(added(file('failed')).failures).toEqual([
      { name: 'libs/mail/src/reply.spec.ts did not run', words: 'SyntaxError: no' },
    ]);
  });

  it('takes a skipped test for a failed one', () => {
    expect(added(file('passed', test('passed'), test('pending'))).line).toBe('1 passed, 1 failed');
  });

  it('is not content with nothing', () => {
    expect(added().isGood).toBe(false);
    expect(added(file('passed', test('passed'))).isGood).toBe(true);
  });
});
