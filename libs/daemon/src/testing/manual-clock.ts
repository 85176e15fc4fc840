import type { Clock } from '../clock';

/** A clock that a spec moves by hand. */
export class ManualClock implements Clock {
  private timers: { at: number; run: () => void }[] = [];

  constructor(private time = Date.now()) {}

  now(): number {
    return this.time;
  }

  forPostgres(): Date {
    return new Date(this.time);
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.time + ms, run };
    this.timers.push(timer);
    return () => void (this.timers = this.timers.filter((other) => other !== timer));
  }

  /** Lets time pass; what falls due runs in its order, each at its own moment. */
  advance(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const next = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.timers = this.timers.filter((other) => other !== next);
      this.time = Math.max(this.time, next.at);
      next.run();
    }
    this.time = end;
  }

  /** Moves to the next thing that is due, if there is one. */
  advanceToNext(): boolean {
    const next = Math.min(...this.timers.map(({ at }) => at));
    if (next === Infinity) return false;
    this.advance(Math.max(0, next - this.time));
    return true;
  }
}
