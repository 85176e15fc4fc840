import { headerBytes, sealed, unsealed } from './record';

describe('a record', () => {
  it('gives back what was put into it, parts in their order', () => {
    expect(unsealed(sealed([Buffer.from('one'), Buffer.from('two')]))?.toString()).toBe('onetwo');
    expect(unsealed(sealed(Buffer.alloc(0)))?.length).toBe(0);
  });

  it('is not believed after any octet of it changed', () => {
    const record = sealed(Buffer.from('a message'));
    for (let at = 0; at < record.length; at++) {
      if (at === 3) continue; // the spare octet carries nothing
      const changed = Buffer.from(record);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(unsealed(changed)).toBeUndefined();
    }
  });

  it('is not believed when it was cut', () => {
    const record = sealed(Buffer.from('a message'));
    expect(unsealed(record.subarray(0, -1))).toBeUndefined();
    expect(unsealed(record.subarray(0, headerBytes - 1))).toBeUndefined();
  });
});
