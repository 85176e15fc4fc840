import {
  deliveryId,
  idFromBytes,
  idToBytes,
  messageIdOf,
  newMessageId,
  recipientIndexOf,
} from './message-id';

describe('message ids', () => {
  it('are UUIDs of version 7 that sort by time', () => {
    const earlier = newMessageId(1_700_000_000_000);
    const later = newMessageId(1_700_000_000_001);
    expect(earlier).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(earlier < later).toBe(true);
  });

  it('lead to the ids of their deliveries and back', () => {
    const id = newMessageId();
    const third = deliveryId(id, 2);
    expect(third.endsWith('0003')).toBe(true);
    expect(messageIdOf(third)).toBe(id);
    expect(recipientIndexOf(third)).toBe(2);
  });

  it('survive the way through bytes', () => {
    const id = newMessageId();
    expect(idFromBytes(idToBytes(id))).toBe(id);
  });

  it('have no place for more recipients than two bytes number', () => {
    expect(() => deliveryId(newMessageId(), 0xffff)).toThrow(RangeError);
  });
});
