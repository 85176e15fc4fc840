import { crc32 } from 'node:zlib';

// "HS", version of the layout, a spare octet, CRC-32 of the content.
const magic = 0x4853;
const version = 1;
export const headerBytes = 8;

/** Puts content behind a header that can tell later whether it is still what was written. Copies once. */
export function sealed(content: Uint8Array | readonly Uint8Array[]): Buffer {
  const parts = content instanceof Uint8Array ? [content] : content;
  let length = headerBytes;
  for (const part of parts) length += part.length;
  const record = Buffer.allocUnsafeSlow(length);
  let at = headerBytes;
  for (const part of parts) {
    record.set(part, at);
    at += part.length;
  }
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
