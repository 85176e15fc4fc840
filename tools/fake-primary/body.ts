/**
 * The bytes between 354 and the final dot (RFC 5321 section 4.5.2), taken as they come: only the dots that the sender
 * stuffed are removed again, so that a test can compare what arrived with what was sent, byte for byte.
 */
const end = Buffer.from('\r\n.\r\n');
const stuffed = Buffer.from('\r\n.');

export class Body {
  /** Bytes taken so far, with stuffed dots, and with the end once it was seen. */
  #bytes = 0;
  readonly #chunks: Buffer[] = [];
  // The last four bytes, because the end may arrive cut in two. A body that is empty ends with ".CRLF" alone, so it
  // begins as if a line had just ended.
  #tail: Buffer = Buffer.from('\r\n');

  /** `isKept` false counts only: nothing stays in memory. */
  constructor(private readonly isKept: boolean) {}

  /** Takes a chunk; when it held the end, returns what follows it (commands that were sent ahead). */
  take(chunk: Buffer): Buffer | undefined {
    const window = Buffer.concat([this.#tail, chunk]);
    const endsAt = window.indexOf(end);
    if (this.isKept) this.#chunks.push(chunk);
    if (endsAt === -1) {
      this.#bytes += chunk.length;
      this.#tail = window.subarray(-(end.length - 1));
      return undefined;
    }
    this.#bytes += endsAt + 2 - this.#tail.length; // the CRLF before the dot belongs to the body
    return window.subarray(endsAt + end.length);
  }

  /** Bytes on the wire, without the end. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The body as its author wrote it; empty where nothing is kept. */
  raw(): Buffer {
    const wire = Buffer.concat(this.#chunks).subarray(0, this.#bytes);
    if (wire[0] !== 0x2e && !wire.includes(stuffed)) return wire;
    const pieces: Buffer[] = [];
    let from = wire[0] === 0x2e ? 1 : 0;
    for (let at = wire.indexOf(stuffed, from); at !== -1; at = wire.indexOf(stuffed, at + 3)) {
      pieces.push(wire.subarray(from, at + 2));
      from = at + 3;
    }
    pieces.push(wire.subarray(from));
    return Buffer.concat(pieces);
  }
}
