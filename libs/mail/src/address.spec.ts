import { asciiDomain, foldLocalPart, parseAddress } from './address';

describe('parseAddress', () => {
  it.each([
    ['a@b.test', { local: 'a', domain: 'b.test' }],
    ['A.b+c@EXAMPLE.Test', { local: 'A.b+c', domain: 'example.test' }],
    ['"two words"@b.test', { local: '"two words"', domain: 'b.test' }],
    ['"a@c.test"@b.test', { local: '"a@c.test"', domain: 'b.test' }],
    ['jürgen@müller.test', { local: 'jürgen', domain: 'xn--mller-kva.test' }],
    ['user%other.test@b.test', { local: 'user%other.test', domain: 'b.test' }],
  ])('takes %s', (text, expected) => expect(parseAddress(text)).toEqual(expected));

  it.each([
    ['', 'nothing'],
    ['a', 'no domain'],
    ['@b.test', 'no local part'],
    ['a@', 'no domain'],
    ['@relay.test:a@b.test', 'a source route'],
    ['a@[127.0.0.1]', 'an address literal'],
    ['a b@c.test', 'a space'],
    ['a@b..test', 'an empty label'],
    ['a\u0000@b.test', 'NUL'],
    ['.a@b.test', 'a leading dot'],
    [`${'a'.repeat(65)}@b.test`, 'a local part over 64 octets'],
    [`a@${'b'.repeat(64)}.test`, 'a label over 63 octets'],
    ['a@b.test%c.test', 'a percent sign in the domain'],
  ])('refuses %j: %s', (text) => expect(parseAddress(text)).toBeUndefined());
});

describe('asciiDomain', () => {
  it('does not take a look-alike for an ASCII name', () => {
    expect(asciiDomain('\u212Aelp.test')).toBeUndefined();
    expect(asciiDomain('ｅxample.test')).toBeUndefined();
  });

  it('drops the dot of the root', () => expect(asciiDomain('b.test.')).toBe('b.test'));
});

it('foldLocalPart leaves all but ASCII letters alone', () => {
  expect(foldLocalPart('Bob.\u212A')).toBe('bob.\u212A');
});
