import { readVerdict } from './verdict';

const answer = {
  is_skipped: false,
  score: 1.5,
  required_score: 15,
  action: 'no action',
  symbols: {},
  messages: {},
};
const symbol = (name: string) => ({ [name]: { name, score: 1, options: ['Eicar'] } });

describe('readVerdict', () => {
  it('reads what counts', () => {
    expect(
      readVerdict({ ...answer, symbols: symbol('R_SPF_ALLOW'), messages: { smtp_message: 'No' } }),
    ).toEqual({
      action: 'no action',
      score: 1.5,
      requiredScore: 15,
      symbols: [{ name: 'R_SPF_ALLOW', score: 1, options: ['Eicar'] }],
      isInfected: false,
      isVirusScanMissing: false,
      messages: { smtp_message: 'No' },
    });
  });

  it('sees what a virus scanner found, and that one could not look', () => {
    expect(readVerdict({ ...answer, symbols: symbol('CLAM_VIRUS') })?.isInfected).toBe(true);
    expect(readVerdict({ ...answer, symbols: symbol('CLAM_VIRUS_FAIL') })).toMatchObject({
      isInfected: false,
      isVirusScanMissing: true,
    });
  });

  it.each([
    ['nothing', undefined],
    ['text', 'ok'],
    ['an action that we do not know', { ...answer, action: 'maybe' }],
    ['a score that is no number', { ...answer, score: '1' }],
    ['an error', { error: 'task timed out' }],
  ])('takes %s for no verdict', (_what, given) => expect(readVerdict(given)).toBeUndefined());
});
