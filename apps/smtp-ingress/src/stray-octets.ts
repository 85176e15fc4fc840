/**
 * Watches a message for what must never be in one: CR without LF, LF without CR, NUL (RFC 5321 section 2.3.8, RFC 5322 section 2).
 *
 * A server that ends lines at a bare LF would see "LF . CR LF" as the end of the data, and what follows as commands: that is how
 * a second message is smuggled past a filter. The message that carries such octets is refused whole; we never mend it, because
 * mending breaks a signature, and never pass it on.
 */
export class StrayOctets {
  private found: string | undefined;
  private endedWithCr = false;

  look(chunk: Uint8Array): void {
    if (this.found) return;
    let afterCr = this.endedWithCr;
    for (let at = 0; at < chunk.length; at++) {
      const octet = chunk[at] as number;
      if (octet === 0x0a) {
        if (!afterCr) return this.report('LF without CR');
        afterCr = false;
      } else if (afterCr) return this.report('CR without LF');
      else if (octet === 0x0d) afterCr = true;
      else if (octet === 0) return this.report('NUL');
    }
    this.endedWithCr = afterCr;
  }

  /** What was found first; undefined: nothing. Ask after the last chunk. */
  get stray(): string | undefined {
    return this.found ?? (this.endedWithCr ? 'CR without LF' : undefined);
  }

  private report(what: string): void {
    this.found = what;
  }
}
