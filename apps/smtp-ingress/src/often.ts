/** Some MB. Whoever comes under this many names is not stopped by counting them. */
const mostKeys = 50_000;

/** How often something may be done: so many times, and again when the time since the first of them is over. */
export class Often {
  private readonly seen = new Map<string, { count: number; since: number }>();

  constructor(
    private readonly perMs: number,
    private readonly most: number,
  ) {}

  /** Whether it may be done once more; then it counts as done. */
  may(key: string): boolean {
    const now = performance.now();
    const known = this.seen.get(key);
    if (known && now - known.since < this.perMs) return ++known.count <= this.most;
    this.seen.delete(key);
    this.seen.set(key, { count: 1, since: now });
    if (this.seen.size > mostKeys) this.seen.delete(this.seen.keys().next().value as string);
    return true;
  }
}
