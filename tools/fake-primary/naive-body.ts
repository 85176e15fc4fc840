/**
 * The bytes between 354 and what a careless server takes for the end: CR, LF and CR LF all end a line, and NUL is not there. Such
 * servers are what mail is smuggled into; whoever delivers here and lets one such octet through has delivered two messages for one.
 */
const end = /(?<=^|[\r\n])\.(?:\r\n|\n|\r(?!$))/;

export class NaiveBody {
  #wire = '';

  /** Takes a chunk; when it held the end, returns what follows it. */
  take(chunk: Buffer): Buffer | undefined {
    this.#wire += chunk.toString('latin1').replaceAll('\0', '');
    const found = end.exec(this.#wire);
    if (!found) return undefined;
    const after = this.#wire.slice(found.index + found[0].length);
    this.#wire = this.#wire.slice(0, found.index);
    return Buffer.from(after, 'latin1');
  }

  /** Bytes on the wire, without the end. */
  get bytes(): number {
    return this.#wire.length;
  }

  /** The body as its author wrote it, as far as this server can know. */
  raw(): Buffer {
    return Buffer.from(this.#wire.replace(/(?<=^|[\r\n])\./g, ''), 'latin1');
  }
}
