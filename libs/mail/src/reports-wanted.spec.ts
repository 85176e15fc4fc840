import { parseEnvelopeId, parseNotify, parseOriginalRecipient, parseRet } from './reports-wanted';

it('reads RET', () => {
  expect(['FULL', 'hdrs', 'Body', ''].map(parseRet)).toEqual(['full', 'hdrs', undefined, undefined]);
});

it.each([
  ['NEVER', ['never']],
  ['success', ['success']],
  ['DELAY,Failure,DELAY', ['failure', 'delay']],
  ['SUCCESS,FAILURE,DELAY', ['success', 'failure', 'delay']],
  ['NEVER,SUCCESS', undefined],
  ['', undefined],
  ['FAILURE,', undefined],
  ['ALWAYS', undefined],
])('reads NOTIFY=%s', (text, expected) => expect(parseNotify(text)).toEqual(expected));

it.each([
  ['QQ314159', 'QQ314159'],
  ['a+2Bb+3Dc+20d', 'a+b=c d'],
  ['x'.repeat(100), 'x'.repeat(100)],
  ['x'.repeat(101), undefined],
  ['a+2b', undefined],
  ['a+2', undefined],
  ['a=b', undefined],
  ['a+0D+0AX-Evil:+20yes', undefined],
  ['a+00', undefined],
  ['a+E9', undefined],
  ['\u00e9', undefined],
])('reads ENVID=%s', (text, expected) => expect(parseEnvelopeId(text)).toBe(expected));

it.each([
  ['rfc822;bob@example.test', 'rfc822;bob@example.test'],
  ['RFC822;Bob+2Blist@example.test', 'rfc822;Bob+list@example.test'],
  ['x400;/S=Bob', undefined],
  ['x400;/S+3DBob', 'x400;/S=Bob'],
  ['bob@example.test', undefined],
  [';bob@example.test', undefined],
  ['rfc822;', undefined],
  ['a b;c', undefined],
  ['rfc822;bob+0A@example.test', undefined],
  [`rfc822;${'x'.repeat(493)}`, `rfc822;${'x'.repeat(493)}`],
  [`rfc822;${'x'.repeat(494)}`, undefined],
  ['utf-8;j\\x{FC}rgen@example.test', 'utf-8;j\\x{FC}rgen@example.test'],
  ['utf-8;j\u00fcrgen@example.test', undefined],
])('reads ORCPT=%s', (text, expected) => expect(parseOriginalRecipient(text, false)).toBe(expected));

it('takes letters beyond ASCII in ORCPT where SMTPUTF8 was asked for, and writes them in ASCII', () => {
  expect(parseOriginalRecipient('utf-8;j\u00fcrgen@example.test', true)).toBe(
    'utf-8;j\\x{FC}rgen@example.test',
  );
  expect(parseOriginalRecipient('rfc822;j\u00fcrgen@example.test', true)).toBeUndefined();
});
