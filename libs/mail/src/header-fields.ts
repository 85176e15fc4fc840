/** One header field of a message, in the order in which it stands there. */
export interface HeaderField {
  /** lower case */
  name: string;
  /** unfolded, without the white space around it */
  value: string;
}

/** What is looked at of a header section; longer ones are cut, which may hide a field and never invents one. */
const mostOctets = 256 * 1024;
const mostFields = 2_000;

/** The octets before the empty line (RFC 5322 section 2.1), with the line end of the last field; bounded. */
export function headerSection(message: Uint8Array, most = mostOctets): Buffer {
  const head = Buffer.from(message.buffer, message.byteOffset, Math.min(message.length, most));
  const end = head.indexOf('\r\n\r\n');
  if (end !== -1) return head.subarray(0, end + 2);
  if (head.length === message.length) return head;
  return head.subarray(0, head.lastIndexOf('\n') + 1);
}

/** Reads header fields (RFC 5322 section 2.2) as they stand, without decoding their words. What is no field is passed over. */
export function headerFields(message: Uint8Array): HeaderField[] {
  const fields: HeaderField[] = [];
  for (const line of headerSection(message).toString('latin1').split(/\r?\n/)) {
    const last = fields.at(-1);
    if ((line.startsWith(' ') || line.startsWith('\t')) && last) last.value += ` ${line.trim()}`;
    else {
      const colon = line.indexOf(':');
      const name = line.slice(0, Math.max(colon, 0)).trimEnd();
      if (!/^[!-9;-~]{1,100}$/.test(name)) continue;
      if (fields.length === mostFields) break;
      fields.push({ name: name.toLowerCase(), value: line.slice(colon + 1).trim() });
    }
  }
  return fields;
}
