/** What passed and what failed, added up over everything that `npm test` does. */
export class Tally {
  passed = 0;
  readonly failures: { name: string; words: string }[] = [];

  pass(count = 1): void {
    this.passed += count;
  }

  fail(name: string, words = ''): void {
    this.failures.push({ name, words });
  }

  get failed(): number {
    return this.failures.length;
  }

  /** The last line of a run. */
  get line(): string {
    return `${this.passed} passed, ${this.failed} failed`;
  }

  /** A run in which nothing was tested has proved nothing. */
  get isGood(): boolean {
    return this.failed === 0 && this.passed > 0;
  }
}
