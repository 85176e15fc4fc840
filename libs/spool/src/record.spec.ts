import { headerBytes, sealed, unsealed } from './record';

describe('a record', () => {
  it('gives back what was put into it, parts in their order', () => {
    expect(unsealed(sealed([Buffer.from('one'), Buffer.from('two')]))?.toString()).toBe('onetwo');
    expect(unsealed(sealed(Buffer.alloc(0)))?.length).toBe(0);
  });

  it.each([64, headerBytes + 5, headerBytes + 4, 0])('is made in place, with room of %i octets', (room) => {
    const memory = Buffer.concat([Buffer.alloc(room), Buffer.from('a message, and more')]);
    const record = sealed({ memory, at: room, bytes: 9, top: Buffer.from('top: ') });
    expect(unsealed(record)?.toString()).toBe('top: a message');
    expect(record.buffer === memory.buffer).toBe(room >= headerBytes + 5);
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
