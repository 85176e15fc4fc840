/** Lets a limited number through at a time; the others wait in the order in which they came. */
export class Turnstile {
  private inside = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly most: number) {}

  get busy(): number {
    return this.inside;
  }

  async through<T>(work: () => Promise<T>): Promise<T> {
    if (this.inside >= this.most) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.inside++;
    try {
      return await work();
    } finally {
      // The place is handed over, not freed and taken again: nobody can slip in between.
      const next = this.waiting.shift();
      if (next) next();
      else this.inside--;
    }
  }
}
