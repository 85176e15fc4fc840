import { StrayOctets } from './stray-octets';

const strayIn = (...chunks: string[]): string | undefined => {
  const octets = new StrayOctets();
  for (const chunk of chunks) octets.look(Buffer.from(chunk, 'latin1'));
  return octets.stray;
};

describe('StrayOctets', () => {
  it.each([
    ['', undefined],
    ['\r\n', undefined],
    ['a\r\n\r\nb\r\n', undefined],
    ['\r\r\n', 'CR without LF'],
    ['\r\n\r', 'CR without LF'],
    ['a\rb', 'CR without LF'],
    ['\n', 'LF without CR'],
    ['\r\n\n', 'LF without CR'],
    ['\n\r', 'LF without CR'],
    ['a\0', 'NUL'],
  ])('%j: %s, however it is cut', (text, expected) => {
    expect(strayIn(text)).toBe(expected);
    expect(strayIn(...text)).toBe(expected);
    for (let cut = 0; cut <= text.length; cut++)
      expect(strayIn(text.slice(0, cut), text.slice(cut))).toBe(expected);
  });
});
