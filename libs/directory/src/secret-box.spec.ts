import { SecretBox } from './secret-box';

const box = new SecretBox('a key of a file, long enough to be one');

it('opens what it sealed, and never seals the same way twice', () => {
  const sealed = box.seal('pässword', 'primary-1');
  expect(box.open(sealed, 'primary-1')).toBe('pässword');
  expect(sealed).not.toContain('pässword');
  expect(box.seal('pässword', 'primary-1')).not.toBe(sealed);
});

it('opens nothing that belongs elsewhere, is of another key, or was changed', () => {
  const sealed = box.seal('password', 'primary-1');
  expect(box.open(sealed, 'primary-2')).toBeUndefined();
  expect(new SecretBox('another key of another file, as long').open(sealed, 'primary-1')).toBeUndefined();
  expect(box.open(`${sealed.slice(0, -1)}${sealed.endsWith('A') ? 'B' : 'A'}`, 'primary-1')).toBeUndefined();
  expect(box.open('', 'primary-1')).toBeUndefined();
});
