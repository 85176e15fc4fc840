import { crc32 } from 'node:zlib';

// "HS", version of the layout, a spare octet, CRC-32 of the content.
const magic = 0x4853;
const version = 1;
export const headerBytes = 8;

/**
 * Content that stands in memory with room before it. What goes on top, and the header, are written into that room, so that a big
 * message need not be in memory twice. The memory must be left alone until the message is stored.
 */
export interface ContentInPlace {
  memory: Buffer;
  /** where the content begins; what stands before is written over */
  at: number;
  bytes: number;
  top: Uint8Array;
}

/** Puts content behind a header that can tell later whether it is still what was written. Copies once, or not at all in place. */
export function sealed(content: Uint8Array | readonly Uint8Array[] | ContentInPlace): Buffer {
  if ('memory' in content) return sealedInPlace(content);
  const parts = content instanceof Uint8Array ? [content] : content;
  let length = headerBytes;
  for (const part of parts) length += part.length;
  const record = Buffer.allocUnsafeSlow(length);
  let at = headerBytes;
  for (const part of parts) {
    record.set(part, at);
    at += part.length;
  }
  return withHeader(record);
}

function sealedInPlace({ memory, at, bytes, top }: ContentInPlace): Buffer {
  const start = at - top.length - headerBytes;
  if (start < 0) return sealed([top, memory.subarray(at, at + bytes)]);
  memory.set(top, at - top.length);
  return withHeader(memory.subarray(start, at + bytes));
}

function withHeader(record: Buffer): Buffer {
  record.writeUInt16BE(magic, 0);
  record.writeUInt8(version, 2);
  record.writeUInt8(0, 3);
  record.writeUInt32BE(crc32(record.subarray(headerBytes)), 4);
  return record;
}

/** The content of a record; undefined when it is not what was written. */
export function unsealed(record: Buffer): Buffer | undefined {
  if (record.length < headerBytes || record.readUInt16BE(0) !== magic || record.readUInt8(2) !== version)
    return undefined;
  const content = record.subarray(headerBytes);
  return crc32(content) === record.readUInt32BE(4) ? content : undefined;
}
