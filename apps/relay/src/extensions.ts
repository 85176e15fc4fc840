/** What a server says about itself in its answer to EHLO (RFC 5321 section 4.1.1.1). */
export class Extensions {
  private readonly offered = new Map<string, string[]>();
  /** what the server calls itself */
  readonly name: string;

  /** @param reply its lines joined by LF; to HELO it is one line, and offers nothing */
  constructor(reply: string) {
    const [first = '', ...rest] = reply.split('\n').map((line) => line.slice(4).trim());
    this.name = first.split(/\s/, 1)[0] ?? '';
    for (const line of rest) {
      // "AUTH=PLAIN" is how servers wrote it before RFC 2554.
      const [keyword = '', ...parameters] = line.toUpperCase().split(/[\s=]+/);
      if (keyword) this.offered.set(keyword, [...(this.offered.get(keyword) ?? []), ...parameters]);
    }
  }

  has(keyword: string): boolean {
    return this.offered.has(keyword);
  }

  of(keyword: string): readonly string[] {
    return this.offered.get(keyword) ?? [];
  }

  /** octets; undefined: it does not say, or sets no limit (RFC 1870 section 4) */
  get maxBytes(): number | undefined {
    const size = Number(this.of('SIZE')[0] ?? 0);
    return Number.isSafeInteger(size) && size > 0 ? size : undefined;
  }
}
