import { randomBytes } from 'node:crypto';

/**
 * Makes the id of a message: a UUID version 7 (RFC 9562 section 5.7), so that ids sort by time, whose last two bytes are zero.
 * They are the number of a recipient in the id of a delivery; so a delivery's id names its message, is the same whenever the
 * message is registered again, and lies beside its siblings in every index.
 * @param now milliseconds since 1970
 */
export function newMessageId(now: number = Date.now()): string {
  const bytes = Buffer.from(takeRandom(16));
  bytes.writeUIntBE(now, 0, 6);
  bytes.writeUInt8(0x70 | (bytes.readUInt8(6) & 0x0f), 6);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  bytes.writeUInt16BE(0, 14);
  return idFromBytes(bytes);
}

// Random bytes come from the kernel a page at a time: a system call a message is a cost that port 25 would notice.
let pool = Buffer.alloc(0);

function takeRandom(count: number): Buffer {
  if (pool.length < count) pool = randomBytes(4096);
  const taken = pool.subarray(0, count);
  pool = pool.subarray(count);
  return taken;
}

/** The most recipients that one message can have: what two bytes can number, from 1. */
export const mostRecipients = 0xffff;

/** The id of the delivery to the `index`th recipient (from 0) of a message. */
export function deliveryId(messageId: string, index: number): string {
  if (index < 0 || index >= mostRecipients) throw new RangeError(`A message has no recipient ${index}`);
  return messageId.slice(0, -4) + (index + 1).toString(16).padStart(4, '0');
}

/** The id of the message that a delivery belongs to. */
export function messageIdOf(delivery: string): string {
  return `${delivery.slice(0, -4)}0000`;
}

/** Which recipient of its message a delivery is for, from 0. */
export function recipientIndexOf(delivery: string): number {
  return parseInt(delivery.slice(-4), 16) - 1;
}

/** 16 bytes, for stores that sort keys by bytes. */
export function idToBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

export function idFromBytes(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, 16).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
